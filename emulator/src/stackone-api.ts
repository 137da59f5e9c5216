import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addCatalogRoutes } from './catalog.js';
import { StackOneError } from './errors.js';
import { listParameter, paginate, parseQuery } from './pages.js';
import { categories, findProvider } from './providers.js';
import type { Settings } from './settings.js';
import type { Account, Attempt, Session, Store } from './store.js';

interface StackOneApiOptions {
  store: Store;
  settings: Settings;
  apiKey: string;
  url: () => string;
}

const textSchema = z.string().refine((text) => text.trim() !== '', 'must not be empty');
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
const valuesSchema = z.record(z.string(), z.string()).nullish();
const accountChangeSchema = z.object({
  // An account has a provider and an owner: null changes nothing.
  provider: textSchema.nullish(),
  origin_owner_id: textSchema.nullish(),
  origin_owner_name: textSchema.nullish(),
  origin_username: z.string().nullable().exactOptional(),
  label: z.string().nullable().exactOptional(),
  type: z.enum(['production', 'test']).nullable().exactOptional(),
  credentials: valuesSchema,
  setup_information: valuesSchema,
  secrets: valuesSchema,
});
const idSchema = z.object({ id: z.string() });

const defaultExpiresInSeconds = 1800;
const organizationId = 1042;

/** StackOne's API for connect sessions, linked accounts and the provider catalog. */
export async function stackOneApi(app: FastifyInstance, options: StackOneApiOptions): Promise<void> {
  requireApiKey(app, options);
  addSessionRoutes(app, options);
  addAccountRoutes(app, options);
  addCatalogRoutes(app, options.settings);
}

function requireApiKey(app: FastifyInstance, { apiKey, settings }: StackOneApiOptions): void {
  // With the colon: HTTP Basic authentication requires it, and StackOne returns 401 without it.
  const expected = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`;
  app.addHook('preHandler', async (request) => {
    if (!request.headers['user-agent']) {
      throw new StackOneError(403, 'Forbidden');
    }
    // No page may call this API. One whose name resolves to this machine (DNS rebinding) could, because the key is known.
    if (request.headers.origin !== undefined) {
      throw new StackOneError(403, 'Forbidden: the request comes from a page, and this API is for servers only');
    }
    if (request.headers.authorization !== expected) {
      throw new StackOneError(401, 'Unauthorized');
    }
    if (settings.keyScope === 'actions' || (settings.keyScope === 'read-only' && request.method !== 'GET')) {
      throw new StackOneError(403, 'Forbidden');
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
  return { ...shown, organization_id, project_id: settings.projectId };
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
    const matches = accountFilter(query, settings);
    const raw = settings.rawRows.accounts.filter((row) => matches(toFilterable(row))).map((row) => () => row);
    const toRow = inVocabulary(settings);
    const accounts = store.accountReaders(matches).map((read) => () => toRow(read()));
    const { data: readers, ...position } = paginate([...raw, ...accounts], query, settings);
    const page = { ...position, data: readers.map((read) => read()) };
    const envelopes = { array: page.data, data: { data: page.data }, paged: page };
    return envelopes[settings.accountsEnvelope];
  });

  app.get('/accounts/:id', (request) => {
    const { id } = idSchema.parse(request.params);
    const raw = settings.rawRows.accounts.find((row) => String(fieldOf(row, 'id')) === id);
    return raw ?? inVocabulary(settings)(requireAccount(store.account(id)));
  });

  app.get('/accounts/:id/meta', (request) => {
    const { provider: key } = requireAccount(store.account(idSchema.parse(request.params).id));
    const provider = findProvider(key);
    if (!provider) {
      throw new StackOneError(404, `Connector ${key} not found`);
    }
    return { provider: key, category: provider.category, models: {} };
  });

  app.patch('/accounts/:id', (request) => {
    const account = requireAccount(store.account(idSchema.parse(request.params).id));
    const { credentials, setup_information, secrets, ...change } = accountChangeSchema.parse(request.body);
    const updated = store.updateAccount(account.id, {
      ...change,
      provider: change.provider ?? account.provider,
      origin_owner_id: change.origin_owner_id ?? account.origin_owner_id,
      origin_owner_name: change.origin_owner_name ?? account.origin_owner_name,
      credentials: { ...store.credentialsOf(account.id), ...credentials, ...setup_information, ...secrets },
    });
    return inVocabulary(settings)(requireAccount(updated));
  });

  app.delete('/accounts/:id', (request) =>
    inVocabulary(settings)(requireAccount(store.deleteAccount(idSchema.parse(request.params).id))),
  );
}

/** An account in the vocabulary of version 1 or 2 of StackOne's API. */
function inVocabulary({ vocabulary }: Settings): (account: Account) => unknown {
  return (account) => {
    if (vocabulary === 'v1') {
      return account;
    }
    const { provider, origin_owner_id, ...rest } = account;
    const connector_profile_id = findProvider(provider)?.integrationId ?? null;
    return { ...rest, connector: provider, owner_id: origin_owner_id, connector_profile_id };
  };
}

function fieldOf(row: unknown, name: string): unknown {
  return typeof row === 'object' && row !== null ? Reflect.get(row, name) : undefined;
}

/** What the filters see of a raw row. A field that is not a text matches every filter. */
function toFilterable(row: unknown): Partial<FilterableAccount> {
  const text = (...names: string[]) =>
    names.map((name) => fieldOf(row, name)).find((value) => typeof value === 'string' && value !== '');
  const fields = {
    id: text('id'),
    provider: text('provider', 'connector'),
    status: text('status'),
    origin_owner_id: text('origin_owner_id', 'owner_id'),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function requireAccount(account: Account | undefined): Account {
  if (!account) {
    throw new StackOneError(404, 'Account not found');
  }
  return account;
}

type FilterableAccount = Pick<Account, 'id' | 'provider' | 'status' | 'origin_owner_id'>;

function accountFilter(query: URLSearchParams, settings: Settings): (account: Partial<FilterableAccount>) => boolean {
  // An empty value means no filter, like a missing one: the caller then gets the accounts of all owners.
  const is = (name: string) => {
    const wanted = query.get(name);
    return (value: string | undefined) => !wanted || value === undefined || wanted === value;
  };
  const isAmong = (name: string) => {
    const wanted = new Set(listParameter(query, name));
    return (value: string | undefined) => wanted.size === 0 || value === undefined || wanted.has(value);
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
