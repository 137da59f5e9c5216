import { z } from 'zod';
import { accountIdPattern } from '../domain/linked-account.js';
import { providerKeyPattern } from '../domain/provider.js';
import { requiredField } from './rows.js';

/**
 * The shapes of StackOne's responses. A schema requires what this server uses and ignores the rest, because
 * StackOne's documents disagree with each other on most of it. Only this file and `mappers` know StackOne's field names.
 */

export const connectSessionResponse = z.object({
  /** Opaque. Only visible ASCII characters may reach a page. */
  token: z.string().regex(/^[\x21-\x7e]{1,4096}$/),
  origin_owner_id: z.string(),
  auth_link_url: z.unknown().optional(),
  project_id: z.unknown().optional(),
});

const timestamp = z.string().transform((text, context) => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    context.addIssue('not a time');
    return z.NEVER;
  }
  return date;
});

/** A text to display. A longer one is read as absent. */
const text = z.string().max(1_000).nullish();

/** Long enough for an image in a `data:` URL. Each account repeats the logo of its provider in a response. */
const imageUrl = z.string().max(32_768).nullish();

/** A field that has another name in another version of StackOne's API. */
const alias = z.unknown().optional();

/** The first items of a list. The rest is not read, so that no row takes unlimited time. */
function firstItems<Item extends z.ZodType>(item: Item, maxItems: number) {
  const cut = (value: unknown) => (Array.isArray(value) ? value.slice(0, maxItems) : value);
  return z.preprocess(cut, z.array(item)).nullish();
}

/** Adds an issue at the first of these fields when none is the key of a provider. */
function readProviderKey(fields: Readonly<Record<string, unknown>>, context: z.RefinementCtx): string {
  const key = Object.values(fields).find((value) => typeof value === 'string' && providerKeyPattern.test(value));
  if (typeof key === 'string') {
    return key;
  }
  const names = Object.keys(fields);
  const path = [names.find((name) => fields[name] != null) ?? names[0] ?? ''];
  context.addIssue({ code: 'custom', path, params: requiredField });
  return z.NEVER;
}

/** The documents of StackOne have an id as text; a number beyond the safe integers has lost digits. */
const accountId = z.union([z.string().regex(accountIdPattern), z.int().nonnegative().transform(String)]);

function readOwner({ origin_owner_id, owner_id }: Readonly<Record<string, unknown>>): string | null {
  const owner = origin_owner_id ?? owner_id;
  return typeof owner === 'string' && owner !== '' ? owner : null;
}

/** Whose an account is, which can be read although the rest of its row cannot. */
export const accountOwner = z
  .object({ id: accountId, origin_owner_id: alias, owner_id: alias })
  .transform(({ id, ...owners }) => ({ id, owner: readOwner(owners) }));

/**
 * An account, in the vocabulary of version 1 or 2 of StackOne's API. It needs an id that can be part of a path and the
 * key of a provider.
 */
export const accountRow = z
  .object({
    id: accountId,
    provider: alias,
    connector: alias,
    origin_owner_id: alias,
    owner_id: alias,
    origin_owner_name: text,
    origin_username: text,
    label: text,
    status: text,
    status_reasons: firstItems(
      z.object({ code: text, description: text, timestamp: timestamp.nullish() }).nullable(),
      10,
    ),
    created_at: timestamp.nullish(),
    updated_at: timestamp.nullish(),
  })
  .transform(({ provider, connector, origin_owner_id, owner_id, ...row }, context) => {
    // A second spread would take twice as long as everything else for a row.
    return Object.assign(row, {
      owner: readOwner({ origin_owner_id, owner_id }),
      provider: readProviderKey({ provider, connector }, context),
    });
  });

/** A row of a list also needs an owner: an account without one belongs to no caller. */
export const listedAccountRow = accountRow.refine(({ owner }) => owner !== null, { path: ['origin_owner_id'] });

/**
 * A row of `GET /connector_profiles`, `GET /auth_configs` or `GET /connectors/meta`. It needs the key of a provider.
 * One provider can have several rows.
 */
export const providerRow = z
  .object({
    /** The id of a profile. `/connectors/meta` has none. */
    id: alias,
    connector_key: alias,
    connector: alias,
    provider: alias,
    connector_label: text,
    provider_name: text,
    categories: firstItems(z.string().nullable(), 50),
    category: z.string().nullish(),
    active: z.boolean().nullish(),
    default: z.boolean().nullish(),
    logo_url: imageUrl,
    resources: z.object({ images: z.object({ logo_url: imageUrl }).nullish() }).nullish(),
  })
  .transform(({ id, connector_key, connector, provider, ...row }, context) => {
    const key = readProviderKey({ connector_key, connector, provider }, context);
    return { ...row, key, id: id ?? key };
  });

/**
 * A list is a bare array in the API's documents, `{data: [...]}` in one guide, and a page with its total in the versions
 * of 2026. The rows are read one by one, see `list-reader`.
 */
export const listResponse = z
  .preprocess(
    (json) => (Array.isArray(json) ? { data: json } : json),
    z.object({
      data: z.custom<readonly unknown[]>(Array.isArray),
      total: z.int().nonnegative().nullish().catch(null),
      page_size: z.int().positive().nullish().catch(null),
    }),
  )
  .transform(({ data, total, page_size }) => ({ data, total: total ?? undefined, pageSize: page_size ?? undefined }));

export type ConnectSessionResponse = z.output<typeof connectSessionResponse>;
export type AccountRow = z.output<typeof accountRow>;
export type ProviderRow = z.output<typeof providerRow>;

/** A webhook. Only events about accounts have the other fields; the payload has neither a status nor a label. */
export const webhookPayload = z.object({
  event: z.string().max(128),
  account_id: accountId.nullish().catch(null),
  origin_owner_id: z.string().nullish().catch(null),
  event_date: z.string().nullish().catch(null),
  sent_at: timestamp.nullish().catch(null),
});

export type WebhookPayload = z.output<typeof webhookPayload>;
