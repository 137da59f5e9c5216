import { z } from 'zod';
import { accountIdPattern } from '../domain/linked-account.js';

/**
 * The shapes of StackOne's requests and responses. A schema requires what this server uses and ignores the rest, because
 * StackOne's documents disagree with each other on most of it. Only this file and `mappers` know StackOne's field names.
 */

/** Body of `POST /connect_sessions`. `undefined` fields are absent in JSON. */
export interface ConnectSessionBody {
  readonly origin_owner_id: string;
  readonly origin_owner_name: string;
  readonly origin_username: string | undefined;
  readonly provider: string | undefined;
  /** The singular `category` of StackOne's older guide no longer exists in its API. */
  readonly categories: readonly string[] | undefined;
  readonly account_id: string | undefined;
  readonly label: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** Always sent: the response has no expiry. */
  readonly expires_in: number;
  readonly multiple: true | undefined;
}

export const connectSessionResponse = z.object({
  /** Opaque. Only visible ASCII characters may reach a page. */
  token: z.string().regex(/^[\x21-\x7e]{1,4096}$/),
  origin_owner_id: z.string(),
  auth_link_url: z.unknown().optional(),
});

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

/** A list is a bare array in the API's documents, and `{data: [...]}` in one guide. */
function listOf<Row extends z.ZodType>(row: Row) {
  return z.union([z.array(row), z.object({ data: z.array(row) }).transform(({ data }) => data)]);
}

export const accountRows = listOf(accountRow);

/** A row of `GET /connectors/meta`, which projects of any age have. */
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
export const connectorRows = listOf(connectorRow);

/** A row of `GET /auth_configs`, the successor of 2026. One provider can have several rows. */
const authConfigRow = z.object({
  connector_key: z.string(),
  connector_label: z.string().nullish(),
  logo_url: z.string().nullish(),
  categories: z.array(z.string()).nullish(),
  active: z.boolean().nullish(),
});
export const authConfigPage = z.object({ total: z.number().nullish(), data: z.array(authConfigRow) });

export type ConnectSessionResponse = z.output<typeof connectSessionResponse>;
export type AccountRow = z.output<typeof accountRow>;
export type ConnectorRow = z.output<typeof connectorRow>;
export type AuthConfigRow = z.output<typeof authConfigRow>;

/** A webhook. Only events about accounts have the other fields; the payload has neither a status nor a label. */
export const webhookPayload = z.object({
  event: z.string().max(128),
  account_id: z.string().regex(accountIdPattern).nullish().catch(null),
  origin_owner_id: z.string().nullish().catch(null),
  event_date: z.string().nullish().catch(null),
  sent_at: timestamp.nullish().catch(null),
});

export type WebhookPayload = z.output<typeof webhookPayload>;
