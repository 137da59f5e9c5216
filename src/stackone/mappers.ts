import { z } from 'zod';
import { type LinkedAccount, LinkedAccountStatus } from '../domain/linked-account.js';
import { Category, type Provider } from '../domain/provider.js';
import { toDisplayText } from '../domain/values.js';
import type { QueryParameters } from './http/transport.js';
import type { AccountRecord, AccountsQuery, AccountWebhook, MintedSession, NewConnectSession } from './records.js';
import {
  type AccountRow,
  accountOwner,
  type ConnectSessionResponse,
  type ProviderRow,
  type WebhookPayload,
} from './schemas.js';

/** Between StackOne's field names and this project's own. */

/** Body of `POST /connect_sessions`. `undefined` fields are absent in JSON. */
export function toConnectSessionBody(session: NewConnectSession) {
  return {
    origin_owner_id: session.owner.id,
    origin_owner_name: session.owner.name,
    origin_username: session.username ?? undefined,
    provider: session.provider,
    // The singular `category` of StackOne's older guide no longer exists in its API.
    categories: session.category === undefined ? undefined : [session.category],
    account_id: session.accountId,
    label: session.label,
    multiple: session.allowMultiple || undefined,
    metadata: session.metadata,
    // Always sent: the response has no expiry.
    expires_in: session.expiresInSeconds,
  };
}

export function toMintedSession(response: ConnectSessionResponse): MintedSession {
  return {
    token: response.token,
    readAuthLinkUrl: () => webUrl.parse(response.auth_link_url),
    readProjectId: () => projectId.parse(response.project_id),
  };
}

/** Names the field by which a response belongs to another owner. */
export function findForeignOwner(response: ConnectSessionResponse, ownerId: string): string | undefined {
  return response.origin_owner_id === ownerId ? undefined : 'origin_owner_id';
}

/** Whether a response about this account shows another owner, whatever form its other fields have. */
export function isForeignAccount(json: unknown, id: string, ownerId: string): boolean {
  const { data } = accountOwner.safeParse(json);
  return data !== undefined && data.id === id && data.owner !== ownerId;
}

const webUrl = z
  .url({ protocol: /^https?$/ })
  .nullable()
  .catch(null);

const projectId = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/)
  .nullable()
  .catch(null);

/** @param pageSize rows per page; the first page is requested without its number, which StackOne does not document */
export function toAccountsQuery(query: AccountsQuery, pageSize: number): QueryParameters {
  const { ownerId, provider, statuses = [], page } = query;
  return [
    ['origin_owner_id', ownerId],
    ...(provider === undefined ? [] : [['providers', provider] as const]),
    ...statuses.map((status) => ['status', status] as const),
    ...(page === 1 ? [] : [['page', String(page)] as const]),
    ['page_size', String(pageSize)],
  ];
}

/** Accounts of all owners that only a person can repair. */
export function toBrokenAccountsQuery(page: number, pageSize: number): QueryParameters {
  return [
    ['status', LinkedAccountStatus.ERROR],
    ['status', LinkedAccountStatus.EXPIRED],
    ...(page === 1 ? [] : [['page', String(page)] as const]),
    ['page_size', String(pageSize)],
  ];
}

export function toProvidersQuery(page: number, pageSize: number): QueryParameters {
  return [
    ['enabled', 'true'],
    ['page', String(page)],
    ['page_size', String(pageSize)],
  ];
}

export function toAccountRecord(row: AccountRow): AccountRecord {
  return { ownerId: row.owner, account: toLinkedAccount(row) };
}

function toLinkedAccount(row: AccountRow): LinkedAccount {
  const status = oneOf(LinkedAccountStatus, row.status) ?? LinkedAccountStatus.UNKNOWN;
  return {
    id: row.id,
    ownerName: row.origin_owner_name ?? null,
    providerKey: row.provider,
    label: toDisplayText(row.label),
    status,
    statusReasons: (row.status_reasons ?? [])
      .filter((reason) => reason !== null)
      .map(({ code, description, timestamp }) => ({
        code: toDisplayText(code),
        description: toDisplayText(description),
        at: timestamp ?? row.updated_at ?? null,
      })),
    needsRelink: needsRelink(status),
    linkedBy: toDisplayText(row.origin_username),
    createdAt: row.created_at ?? null,
    updatedAt: row.updated_at ?? null,
  };
}

/** An account leaves these states only when a person goes through the Hub again. */
function needsRelink(status: LinkedAccountStatus): boolean {
  return status === LinkedAccountStatus.EXPIRED || status === LinkedAccountStatus.ERROR;
}

/** @returns undefined for a provider that is not enabled. Without `active`, its place in the list says that it is. */
export function toProvider(row: ProviderRow): Provider | undefined {
  if (row.active === false) {
    return undefined;
  }
  const categories = row.categories ?? [row.category];
  return {
    key: row.key,
    name: toDisplayText(row.connector_label) ?? toDisplayText(row.provider_name) ?? row.key,
    // StackOne's list of categories grows: one that this schema does not have yet is left out.
    categories: categories.flatMap((category) => oneOf(Category, category) ?? []),
    logoUrl: displayableImage(row.logo_url ?? row.resources?.images?.logo_url),
  };
}

/** A page puts this URL into `<img src>`, so only complete web URLs and inline images are allowed. */
function displayableImage(url: string | null | undefined): string | null {
  return url != null && (isWebUrl(url) || inlineImage.test(url)) ? url : null;
}

const inlineImage = /^data:image\/[a-z0-9.+-]+(;[a-z0-9=-]+)*,[\w%+/=.~!$&()*,;:@?-]+$/i;

function isWebUrl(url: string): boolean {
  return /^https:\/\/[^\s"'<>\\`]+$/.test(url) && URL.canParse(url) && new URL(url).username === '';
}

function oneOf<T extends string>(values: Readonly<Record<string, T>>, text: unknown): T | undefined {
  return Object.values(values).find((value) => value === text);
}

/** StackOne confirms neither `account.error` nor `account.expired`; both are read like an update. */
const webhookKinds: ReadonlyMap<string, AccountWebhook['kind']> = new Map([
  ['account.created', 'created'],
  ['account.updated', 'updated'],
  ['account.error', 'updated'],
  ['account.expired', 'updated'],
  ['account.deleted', 'deleted'],
]);

/** @returns `ignored` for an event that is not about accounts, and undefined for a payload that cannot be used */
export function toAccountWebhook(payload: WebhookPayload): AccountWebhook | 'ignored' | undefined {
  const kind = webhookKinds.get(payload.event);
  if (kind === undefined) {
    return 'ignored';
  }
  const { account_id: accountId, sent_at: sentAt } = payload;
  if (accountId == null || sentAt == null) {
    return undefined;
  }
  // StackOne sends no delivery id. `event_date` is the time of the change; the same change can be sent again.
  const changeId = `${payload.event} ${accountId} ${payload.event_date ?? sentAt.toISOString()}`;
  return { kind, accountId, ownerId: payload.origin_owner_id ?? null, sentAt, changeId };
}
