import { z } from 'zod';
import {
  accountIdPattern,
  Category,
  type LinkedAccount,
  LinkedAccountStatus,
  type Provider,
  providerKeyPattern,
  type StatusReason,
} from './model.js';

/**
 * StackOne's snake_case, and nothing else here knows it: request bodies, schemas for what comes back, and
 * the way from a row to the model. The schemas ask for what is used and ignore the rest, because
 * StackOne's documents disagree with each other on most of it.
 */

/** The session token is opaque. Only visible ASCII may reach a page. */
const sessionToken = z.string().regex(/^[\x21-\x7e]{1,4096}$/);

/** `POST /connect_sessions`. What is `undefined` is absent in JSON. */
export interface ConnectSessionBody {
  readonly origin_owner_id: string;
  readonly origin_owner_name: string;
  readonly origin_username: string | undefined;
  readonly provider: string | undefined;
  /** The singular `category` of StackOne's older guide is gone from its API. */
  readonly categories: readonly Category[] | undefined;
  readonly account_id: string | undefined;
  readonly label: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** Always sent: the answer does not tell when the token ends. */
  readonly expires_in: number;
  readonly multiple: true | undefined;
}

export const connectSessionAnswer = z.object({
  token: sessionToken,
  origin_owner_id: z.string(),
  auth_link_url: z.unknown().optional(),
});

const webUrl = z
  .url({ protocol: /^https?$/ })
  .nullable()
  .catch(null);

/** Looked at only where it is given out: that costs as much as the rest of the answer. */
export function toAuthLinkUrl({ auth_link_url }: z.infer<typeof connectSessionAnswer>): string | null {
  return webUrl.parse(auth_link_url);
}

const timestamp = z.string().transform((text, context) => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    context.addIssue('not a time');
    return z.NEVER;
  }
  return date;
});

export const accountRow = z.object({
  id: z.string().regex(accountIdPattern),
  provider: z.string().min(1),
  status: z.string().nullish(),
  status_reasons: z
    .array(
      z.object({
        code: z.string().nullish(),
        description: z.string().nullish(),
        timestamp: timestamp.nullish(),
      }),
    )
    .nullish()
    .catch(null),
  origin_owner_id: z.string().nullish(),
  origin_username: z.string().nullish(),
  label: z.string().nullish(),
  created_at: timestamp,
  updated_at: timestamp,
});
export type AccountRow = z.infer<typeof accountRow>;

/** A list is a bare array in the API's documents, and `{data: [...]}` in one guide. */
function list<T extends z.ZodType>(row: T) {
  return z.union([z.array(row), z.object({ data: z.array(row) }).transform(({ data }) => data)]);
}

export const accountRows = list(accountRow);

/** A row of `GET /connectors/meta`, which a project of any age has. */
const connectorRow = z.object({
  provider: z.string(),
  provider_name: z.string().nullish(),
  category: z.string().nullish(),
  active: z.boolean().nullish(),
  resources: z
    .object({ images: z.object({ logo_url: z.string().nullish() }).nullish() })
    .nullish()
    .catch(null),
});
export const connectorRows = list(connectorRow);

/** A row of `GET /auth_configs`, the successor of 2026: one provider may have several. */
const authConfigRow = z.object({
  connector_key: z.string(),
  connector_label: z.string().nullish(),
  logo_url: z.string().nullish(),
  categories: z.array(z.string()).nullish(),
  active: z.boolean().nullish(),
});
export type AuthConfigRow = z.infer<typeof authConfigRow>;
export const authConfigPage = z.object({ total: z.number().nullish(), data: z.array(authConfigRow) });

/** The one comparison that keeps tenants apart: StackOne's key sees the accounts of all of them. */
export function isOwnedBy(row: AccountRow, ownerId: string): boolean {
  return row.origin_owner_id === ownerId;
}

export function toLinkedAccount(row: AccountRow): LinkedAccount {
  const status = oneOf(LinkedAccountStatus, row.status) ?? LinkedAccountStatus.UNKNOWN;
  return {
    id: row.id,
    providerKey: row.provider,
    label: row.label ?? null,
    status,
    statusReasons: (row.status_reasons ?? []).map(
      (reason): StatusReason => ({
        code: reason.code ?? null,
        description: reason.description ?? null,
        at: reason.timestamp ?? row.updated_at,
      }),
    ),
    needsRelink: needsRelink(status),
    linkedBy: row.origin_username ?? null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The one place that decides it: these states end only when the person goes through the Hub again. */
function needsRelink(status: LinkedAccountStatus): boolean {
  return status === LinkedAccountStatus.EXPIRED || status === LinkedAccountStatus.ERROR;
}

export function fromConnectorRow(row: z.infer<typeof connectorRow>): Provider | undefined {
  if (row.active !== true || !providerKeyPattern.test(row.provider)) {
    return undefined;
  }
  return {
    key: row.provider,
    name: row.provider_name ?? row.provider,
    categories: knownCategories(row.category == null ? [] : [row.category]),
    logoUrl: displayableImage(row.resources?.images?.logo_url),
  };
}

export function fromAuthConfigRow(row: AuthConfigRow): Provider | undefined {
  if (row.active === false || !providerKeyPattern.test(row.connector_key)) {
    return undefined;
  }
  return {
    key: row.connector_key,
    name: row.connector_label ?? row.connector_key,
    categories: knownCategories(row.categories ?? []),
    logoUrl: displayableImage(row.logo_url),
  };
}

/** A page puts this into `<img src>`: web and inline images only. */
function displayableImage(url: string | null | undefined): string | null {
  return url != null && /^(https:\/\/|data:image\/)/.test(url) ? url : null;
}

/** StackOne's list of categories grows: those that this schema does not have yet are left out. */
function knownCategories(values: readonly string[]): Category[] {
  return values.flatMap((value) => oneOf(Category, value) ?? []);
}

function oneOf<T extends string>(values: Readonly<Record<string, T>>, text: unknown): T | undefined {
  return Object.values(values).find((value) => value === text);
}
