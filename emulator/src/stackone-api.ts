import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { StackOneError } from './errors.js';
import { categories, type Provider, providers } from './providers.js';
import type { Settings } from './settings.js';
import type { Account, Attempt, Session, Store } from './store.js';

export interface StackOneApiOptions {
  store: Store;
  settings: Settings;
  apiKey: string;
  url: () => string;
}

const textSchema = z.string().trim().min(1, 'must not be empty');
const sessionRequestSchema = z.object({
  origin_owner_id: textSchema,
  origin_owner_name: textSchema,
  origin_username: z.string().nullable().default(null),
  provider: z.string().nullable().default(null),
  categories: z.array(z.enum(categories)).nullable().default(null),
  account_id: z.string().nullable().default(null),
  expires_in: z.number().positive().nullable().default(null),
  metadata: z.record(z.string(), z.unknown()).nullable().default(null),
  multiple: z.boolean().nullable().default(null),
  label: z.string().nullable().default(null),
  type: z.enum(['production', 'test']).nullable().default(null),
  connector_profile_id: z.string().nullable().default(null),
  integration_id: z.string().nullable().default(null),
  // Deprecated. StackOne documents that it can make the request fail; the emulator always rejects it.
  provider_version: z.null('is deprecated').optional(),
});
const tokenSchema = z.object({ token: z.string() });
const accountChangeSchema = z
  .object({
    provider: textSchema,
    origin_owner_id: textSchema,
    origin_owner_name: textSchema,
    origin_username: z.string().nullable(),
    label: z.string().nullable(),
    type: z.string().nullable(),
  })
  .exactPartial();
const idSchema = z.object({ id: z.string() });
const providerKeySchema = z.object({ provider: z.string() });

const defaultExpiresInSeconds = 1800;
const organizationId = 1042;
// StackOne documents no maximum page size. The emulator silently reduces larger values: a client that requests more
// rows and treats a short page as the last page then loses rows in tests, not in production.
const maxPageSize = 100;

/** StackOne's API for connect sessions, linked accounts and the provider catalog. */
export async function stackOneApi(app: FastifyInstance, options: StackOneApiOptions): Promise<void> {
  requireApiKey(app, options.apiKey);
  addSessionRoutes(app, options);
  addAccountRoutes(app, options);
  addProviderRoutes(app, options);
}

function requireApiKey(app: FastifyInstance, apiKey: string): void {
  // With the colon: HTTP Basic authentication requires it, and StackOne returns 401 without it.
  const expected = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`;
  app.addHook('preHandler', async (request) => {
    if (!request.headers['user-agent']) {
      throw new StackOneError(403, 'Forbidden');
    }
    if (request.headers.authorization !== expected) {
      throw new StackOneError(401, 'Unauthorized');
    }
  });
}

function addSessionRoutes(app: FastifyInstance, { store, settings, url }: StackOneApiOptions): void {
  app.post('/connect_sessions', (request, reply) => {
    const body = sessionRequestSchema.parse(request.body);
    // Like StackOne, this does not check the owner of the account: the caller must do that.
    if (body.account_id !== null && !store.account(body.account_id)) {
      throw new StackOneError(404, `Account ${body.account_id} not found`);
    }
    const { expires_in, multiple, connector_profile_id, integration_id, provider_version: _, ...sessionRequest } = body;
    const session = store.createSession(
      {
        ...sessionRequest,
        multiple: multiple ?? false,
        integration_id: connector_profile_id ?? integration_id,
      },
      expires_in ?? defaultExpiresInSeconds,
    );
    const { token } = session;
    const auth_link_url = `${url()}/hub?token=${token}`;
    return reply.status(201).send({ ...toSessionResponse(session, settings), token, auth_link_url });
  });

  app.post('/connect_sessions/authenticate', (request, reply) => {
    const session = store.findValidSession(tokenSchema.parse(request.body).token);
    if (!session) {
      throw new StackOneError(401, 'The session token is invalid or expired');
    }
    const attempt = store.latestAttempt(session);
    const latest = attempt ? { latest_connection_attempt: toAttemptResponse(attempt) } : {};
    return reply.status(201).send({ ...toSessionResponse(session, settings), ...latest });
  });
}

/** A session without its token. */
function toSessionResponse(session: Session, settings: Settings) {
  const { token: _token, expiresAt: _expiresAt, multiple: _multiple, ...shown } = session;
  const organization_id = settings.organizationIdAsString ? String(organizationId) : organizationId;
  return { ...shown, organization_id, project_id: 'emulated-project' };
}

function toAttemptResponse({ id, status, account_id, error, created_at, updated_at }: Attempt) {
  return {
    id,
    status,
    account_secure_id: account_id,
    oauth_error_code: error?.code ?? null,
    oauth_error_description: error?.description ?? null,
    created_at,
    updated_at,
  };
}

function addAccountRoutes(app: FastifyInstance, { store, settings }: StackOneApiOptions): void {
  app.get('/accounts', (request) => {
    const query = parseQuery(request);
    const rows = paginate(store.accounts(accountFilter(query, settings)), query, settings);
    return settings.accountsEnvelope === 'data' ? { data: rows } : rows;
  });

  app.get('/accounts/:id', (request) => requireAccount(store.account(idSchema.parse(request.params).id)));

  app.patch('/accounts/:id', (request) =>
    requireAccount(store.updateAccount(idSchema.parse(request.params).id, accountChangeSchema.parse(request.body))),
  );

  app.delete('/accounts/:id', (request) => requireAccount(store.deleteAccount(idSchema.parse(request.params).id)));
}

function requireAccount(account: Account | undefined): Account {
  if (!account) {
    throw new StackOneError(404, 'Account not found');
  }
  return account;
}

function parseQuery(request: FastifyRequest): URLSearchParams {
  return new URL(request.url, 'http://emulator').searchParams;
}

/** A list parameter in any of the common formats: `a=1&a=2`, `a[]=1`, `a=1,2`. */
function listParameter(query: URLSearchParams, name: string): string[] {
  return [...query.getAll(name), ...query.getAll(`${name}[]`)].flatMap((value) => value.split(',')).filter(Boolean);
}

type FilterableAccount = Pick<Account, 'id' | 'provider' | 'status' | 'origin_owner_id'>;

function accountFilter(query: URLSearchParams, settings: Settings): (account: FilterableAccount) => boolean {
  // An empty value means no filter, like a missing one: the caller then gets the accounts of all owners.
  const is = (name: string) => {
    const wanted = query.get(name);
    return (value: string) => !wanted || wanted === value;
  };
  const isAmong = (name: string) => {
    const wanted = new Set(listParameter(query, name));
    return (value: string) => wanted.size === 0 || wanted.has(value);
  };
  const [isOwner, isAmongOwners] = [is('origin_owner_id'), isAmong('origin_owner_ids')];
  const [isProvider, isAmongProviders] = [is('provider'), isAmong('providers')];
  const [isAmongIds, hasStatus] = [isAmong('account_ids'), isAmong('status')];
  return ({ id, provider, status, origin_owner_id: owner }) =>
    (settings.ignoreOwnerFilter || (isOwner(owner) && isAmongOwners(owner))) &&
    isProvider(provider) &&
    isAmongProviders(provider) &&
    isAmongIds(id) &&
    hasStatus(status);
}

function integerParameter(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === '') {
    return fallback;
  }
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw new StackOneError(400, `${name} must be a non-negative integer`);
  }
  return value;
}

function paginate<Row>(rows: Row[], query: URLSearchParams, { oddPaging }: Settings): Row[] {
  const requested = Math.min(maxPageSize, Math.max(1, integerParameter(query, 'page_size', 25)));
  const size = oddPaging === 'short' ? Math.max(1, requested - 1) : requested;
  const first = oddPaging === 'zero-based' ? 0 : 1;
  const last = Math.max(0, Math.ceil(rows.length / size) - 1);
  const wanted = Math.max(0, integerParameter(query, 'page', first) - first);
  const page = oddPaging === 'repeat-last' ? Math.min(wanted, last) : wanted;
  return rows.slice(page * size, (page + 1) * size);
}

function addProviderRoutes(app: FastifyInstance, { settings }: StackOneApiOptions): void {
  const includesInactive = (request: FastifyRequest) => parseQuery(request).get('include') === 'inactive';

  app.get('/connectors/meta', (request) =>
    providers.filter(({ enabled }) => enabled || includesInactive(request)).map(toConnectorMeta),
  );

  app.get('/connectors/meta/:provider', (request) => {
    const { provider: key } = providerKeySchema.parse(request.params);
    const provider = providers.find((one) => one.key === key && (one.enabled || includesInactive(request)));
    if (!provider) {
      throw new StackOneError(404, `Connector ${key} not found`);
    }
    return toConnectorMeta(provider);
  });

  app.get('/auth_configs', (request) => {
    if (!settings.hasAuthConfigs) {
      throw new StackOneError(404, 'Cannot GET /auth_configs');
    }
    const query = parseQuery(request);
    const enabled = query.get('enabled');
    const keys = listParameter(query, 'connector_key');
    const rows = providers.filter(
      (one) => (enabled === null || String(one.enabled) === enabled) && (keys.length === 0 || keys.includes(one.key)),
    );
    // `oddPaging` applies to /accounts only: the paging of this endpoint is documented.
    const data = paginate(rows, query, { ...settings, oddPaging: 'none' }).map(toAuthConfig);
    return {
      page: integerParameter(query, 'page', 1),
      page_size: integerParameter(query, 'page_size', 25),
      total: rows.length,
      data,
    };
  });
}

function toConnectorMeta({ key, name, category, enabled, logoUrl }: Provider) {
  const images = { logo_url: logoUrl, original_logo_horizontal_url: logoUrl };
  return { provider: key, provider_name: name, category, active: enabled, models: {}, resources: { images } };
}

function toAuthConfig({ key, name, category, enabled, logoUrl, integrationId }: Provider) {
  const since = '2026-01-05T09:00:00.000Z';
  return {
    id: integrationId,
    name: `${name} (default)`,
    connector_key: key,
    connector_label: name,
    logo_url: logoUrl,
    categories: [category],
    active: enabled,
    default: true,
    release_stage: 'ga',
    created_at: since,
    updated_at: since,
  };
}
