import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { StackOneError } from './errors.js';
import { CATEGORIES, PROVIDERS, type Provider } from './providers.js';
import type { Settings } from './settings.js';
import type { Account, Attempt, Session, Store } from './store.js';

export type ApiOptions = { store: Store; settings: Settings; apiKey: string; url: () => string };

const Text = z.string().trim().min(1, 'must not be empty');
const NewSession = z.object({
  origin_owner_id: Text,
  origin_owner_name: Text,
  origin_username: z.string().nullable().default(null),
  provider: z.string().nullable().default(null),
  categories: z.array(z.enum(CATEGORIES)).nullable().default(null),
  account_id: z.string().nullable().default(null),
  expires_in: z.number().positive().nullable().default(null),
  metadata: z.record(z.string(), z.unknown()).nullable().default(null),
  multiple: z.boolean().nullable().default(null),
  label: z.string().nullable().default(null),
  type: z.enum(['production', 'test']).nullable().default(null),
  connector_profile_id: z.string().nullable().default(null),
  integration_id: z.string().nullable().default(null),
  // Deprecated, and documented as able to make the call fail: here it always does.
  provider_version: z.null('is deprecated').optional(),
});
const Token = z.object({ token: z.string() });
const AccountChange = z
  .object({
    provider: Text,
    origin_owner_id: Text,
    origin_owner_name: Text,
    origin_username: z.string().nullable(),
    label: z.string().nullable(),
    type: z.string().nullable(),
  })
  .exactPartial();
const Id = z.object({ id: z.string() });
const Key = z.object({ provider: z.string() });

const DEFAULT_EXPIRES_IN_SECONDS = 1800;
const ORGANIZATION_ID = 1042;
// StackOne names no highest page size. This one cuts silently, so that a client which asks for more and trusts
// a short page to be the last loses rows here, not in production.
const MAX_PAGE_SIZE = 100;

/** The part of StackOne's API that serves connect sessions, linked accounts and the provider catalogue. */
export async function stackOneApi(app: FastifyInstance, options: ApiOptions): Promise<void> {
  requireApiKey(app, options.apiKey);
  addSessionRoutes(app, options);
  addAccountRoutes(app, options);
  addProviderRoutes(app, options);
}

function requireApiKey(app: FastifyInstance, apiKey: string): void {
  // With the colon: a key alone, however encoded, is not what Basic means, and StackOne answers 401.
  const expected = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`;
  app.addHook('preHandler', async (request) => {
    if (!request.headers['user-agent']) throw new StackOneError(403, 'Forbidden');
    if (request.headers.authorization !== expected) throw new StackOneError(401, 'Unauthorized');
  });
}

function addSessionRoutes(app: FastifyInstance, { store, settings, url }: ApiOptions): void {
  app.post('/connect_sessions', (request, reply) => {
    const body = NewSession.parse(request.body);
    // Whose account it is, StackOne does not ask: that check is its caller's.
    if (body.account_id !== null && !store.account(body.account_id)) {
      throw new StackOneError(404, `Account ${body.account_id} not found`);
    }
    const {
      expires_in,
      multiple,
      connector_profile_id,
      integration_id,
      provider_version: _,
      ...asked
    } = body;
    const session = store.createSession(
      { ...asked, multiple: multiple ?? false, integration_id: connector_profile_id ?? integration_id },
      expires_in ?? DEFAULT_EXPIRES_IN_SECONDS,
    );
    const { token } = session;
    const auth_link_url = `${url()}/hub?token=${token}`;
    return reply.status(201).send({ ...showSession(session, settings), token, auth_link_url });
  });

  app.post('/connect_sessions/authenticate', (request, reply) => {
    const session = store.liveSession(Token.parse(request.body).token);
    if (!session) throw new StackOneError(401, 'The session token is not valid, or has expired');
    const attempt = store.latestAttempt(session);
    const latest = attempt ? { latest_connection_attempt: showAttempt(attempt) } : {};
    return reply.status(201).send({ ...showSession(session, settings), ...latest });
  });
}

/** A session without what opens it. */
function showSession(session: Session, settings: Settings) {
  const { token: _token, expiresAt: _expiresAt, multiple: _multiple, ...shown } = session;
  const organization_id = settings.organizationIdAsString ? String(ORGANIZATION_ID) : ORGANIZATION_ID;
  return { ...shown, organization_id, project_id: 'emulated-project' };
}

function showAttempt({ id, status, account_id, error, created_at, updated_at }: Attempt) {
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

function addAccountRoutes(app: FastifyInstance, { store, settings }: ApiOptions): void {
  app.get('/accounts', (request) => {
    const query = queryOf(request);
    const rows = pageOf(store.accounts(accountFilter(query, settings)), query, settings);
    return settings.accountsEnvelope === 'data' ? { data: rows } : rows;
  });

  app.get('/accounts/:id', (request) => found(store.account(Id.parse(request.params).id)));

  app.patch('/accounts/:id', (request) =>
    found(store.updateAccount(Id.parse(request.params).id, AccountChange.parse(request.body))),
  );

  app.delete('/accounts/:id', (request) => found(store.deleteAccount(Id.parse(request.params).id)));
}

function found(account: Account | undefined): Account {
  if (!account) throw new StackOneError(404, 'Account not found');
  return account;
}

function queryOf(request: FastifyRequest): URLSearchParams {
  return new URL(request.url, 'http://emulator').searchParams;
}

/** A list parameter in each of the ways that clients write one: `a=1&a=2`, `a[]=1`, `a=1,2`. */
function listOf(query: URLSearchParams, name: string): string[] {
  return [...query.getAll(name), ...query.getAll(`${name}[]`)]
    .flatMap((value) => value.split(','))
    .filter(Boolean);
}

type FilteredBy = Pick<Account, 'id' | 'provider' | 'status' | 'origin_owner_id'>;

function accountFilter(query: URLSearchParams, settings: Settings): (account: FilteredBy) => boolean {
  // An empty value filters nothing, as a missing one: the caller then has every tenant's rows.
  const is = (name: string) => {
    const wanted = query.get(name);
    return (value: string) => !wanted || wanted === value;
  };
  const isAmong = (name: string) => {
    const wanted = new Set(listOf(query, name));
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

function integerOf(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new StackOneError(400, `${name} must be a whole number`);
  return value;
}

function pageOf<Row>(rows: Row[], query: URLSearchParams, { oddPaging }: Settings): Row[] {
  const asked = Math.min(MAX_PAGE_SIZE, Math.max(1, integerOf(query, 'page_size', 25)));
  const size = oddPaging === 'short' ? Math.max(1, asked - 1) : asked;
  const first = oddPaging === 'zero-based' ? 0 : 1;
  const last = Math.max(0, Math.ceil(rows.length / size) - 1);
  const wanted = Math.max(0, integerOf(query, 'page', first) - first);
  const page = oddPaging === 'repeat-last' ? Math.min(wanted, last) : wanted;
  return rows.slice(page * size, (page + 1) * size);
}

function addProviderRoutes(app: FastifyInstance, { settings }: ApiOptions): void {
  const includesInactive = (request: FastifyRequest) => queryOf(request).get('include') === 'inactive';

  app.get('/connectors/meta', (request) =>
    PROVIDERS.filter(({ enabled }) => enabled || includesInactive(request)).map(showMeta),
  );

  app.get('/connectors/meta/:provider', (request) => {
    const { provider: key } = Key.parse(request.params);
    const provider = PROVIDERS.find((one) => one.key === key && (one.enabled || includesInactive(request)));
    if (!provider) throw new StackOneError(404, `Connector ${key} not found`);
    return showMeta(provider);
  });

  app.get('/auth_configs', (request) => {
    if (!settings.hasAuthConfigs) throw new StackOneError(404, 'Cannot GET /auth_configs');
    const query = queryOf(request);
    const enabled = query.get('enabled');
    const keys = listOf(query, 'connector_key');
    const rows = PROVIDERS.filter(
      (one) =>
        (enabled === null || String(one.enabled) === enabled) &&
        (keys.length === 0 || keys.includes(one.key)),
    );
    // The odd pagings are those of /accounts, the older endpoint: this one documents its own.
    const data = pageOf(rows, query, { ...settings, oddPaging: 'none' }).map(showAuthConfig);
    return {
      page: integerOf(query, 'page', 1),
      page_size: integerOf(query, 'page_size', 25),
      total: rows.length,
      data,
    };
  });
}

function showMeta({ key, name, category, enabled, logoUrl }: Provider) {
  const images = { logo_url: logoUrl, original_logo_horizontal_url: logoUrl };
  return { provider: key, provider_name: name, category, active: enabled, models: {}, resources: { images } };
}

function showAuthConfig({ key, name, category, enabled, logoUrl, integrationId }: Provider) {
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
