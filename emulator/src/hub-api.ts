import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mergeCredentials, refuseBadCredentials } from './credentials.js';
import { StackOneError } from './errors.js';
import { findProvider, PROVIDERS, type Provider } from './providers.js';
import type { Account, Attempt, Session, Store } from './store.js';

export type HubOptions = { store: Store };

const Id = z.object({ id: z.string() });
const Submission = z.object({
  integration_id: z.string(),
  credentials: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .default({}),
});
const NewAttempt = z.object({ token: z.string() });
const ListQuery = z.object({ provider: z.string().optional() });

/**
 * What the Hub calls from a browser, on whatever site it is embedded in; the session token is its only key.
 * Registered under `/hub`, so that the API beside it gets no CORS headers: no browser may call that one.
 */
export async function hubApi(app: FastifyInstance, { store }: HubOptions): Promise<void> {
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['content-type', 'x-hub-session-token', 'x-hub-version'],
  });
  addConnectorRoutes(app, store);
  addAccountRoutes(app, store);
  addAttemptRoutes(app, store);
}

function sessionOf(request: FastifyRequest, store: Store): Session {
  const token = request.headers['x-hub-session-token'];
  const session = typeof token === 'string' ? store.liveSession(token) : undefined;
  if (!session) throw new StackOneError(401, 'The session token is not valid, or has expired');
  return session;
}

/** The providers that a session may choose from. */
export function providersFor(store: Store, session: Session): Provider[] {
  const enabled = PROVIDERS.filter((provider) => provider.enabled);
  // With other rows in an edit session, the Hub may send another provider's id with the credentials.
  const edited = session.account_id === null ? undefined : store.existingAccount(session);
  if (edited) return enabled.filter(({ key }) => key === edited.provider);
  return enabled.filter(
    ({ key, category, integrationId }) =>
      (session.provider === null || session.provider === key) &&
      (session.categories === null ||
        session.categories.length === 0 ||
        session.categories.includes(category)) &&
      (session.integration_id === null || session.integration_id === integrationId),
  );
}

/** @throws 404 when the session may not choose it */
export function chosenProvider(store: Store, session: Session, integrationId: string): Provider {
  const chosen = providersFor(store, session).find((provider) => provider.integrationId === integrationId);
  if (!chosen) throw new StackOneError(404, 'This integration is not available');
  return chosen;
}

function addConnectorRoutes(app: FastifyInstance, store: Store): void {
  app.get('/settings', (request) => {
    const existing = store.existingAccount(sessionOf(request, store));
    return { enabled_features: [], ...(existing ? { existing_account_id: existing.id } : {}) };
  });

  app.get('/connectors', (request) => {
    const session = sessionOf(request, store);
    const { provider } = ListQuery.parse(request.query);
    const offered = providersFor(store, session).filter(
      ({ key }) => provider === undefined || provider === key,
    );
    return {
      integrations: offered.map(showIntegration),
      external_trigger_token: session.external_trigger_token,
    };
  });

  app.get('/connectors/:id', (request) => {
    const session = sessionOf(request, store);
    return { config: showConfig(chosenProvider(store, session, Id.parse(request.params).id)) };
  });
}

function showIntegration({ key, name, category, integrationId, logoUrl }: Provider) {
  return {
    active: true,
    name,
    provider: key,
    type: category,
    integration_id: integrationId,
    logo_url: logoUrl,
  };
}

function showConfig({ key, name, auth, fields, logoUrl }: Provider) {
  const configFields = fields.map((field) => ({ ...field, required: true }));
  const grant = auth === 'oauth2' ? { grantType: 'authorization_code' } : {};
  return { key, name, type: auth, ...grant, configFields, assets: { icon: logoUrl } };
}

function addAccountRoutes(app: FastifyInstance, store: Store): void {
  app.post('/accounts', (request, reply) => {
    const session = sessionOf(request, store);
    const { integration_id, credentials } = Submission.parse(request.body);
    const provider = chosenProvider(store, session, integration_id);
    const accepted = mergeCredentials(provider, {}, credentials);
    refuseBadCredentials(provider, accepted);
    return reply.status(201).send({ id: store.link(session, provider.key, accepted).id });
  });

  app.get('/accounts/:id', (request) => {
    const { account, provider } = reachable(store, sessionOf(request, store), Id.parse(request.params).id);
    return {
      provider: account.provider,
      integrationId: provider.integrationId,
      setupInformation: account.setup_information,
      secrets: account.credentials,
    };
  });

  app.patch('/accounts/:id', (request) => {
    const session = sessionOf(request, store);
    const { account, provider } = reachable(store, session, Id.parse(request.params).id);
    const { integration_id, credentials } = Submission.parse(request.body);
    if (integration_id !== provider.integrationId)
      throw new StackOneError(404, 'This integration is not available');
    const accepted = mergeCredentials(provider, store.credentialsOf(account.id), credentials);
    refuseBadCredentials(provider, accepted);
    store.relink(session, account.id, accepted);
    return { id: account.id };
  });
}

/**
 * The accounts a session may read and edit: its owner's, and the one it was created for. The latter may be
 * another owner's, since nothing ties a session's `account_id` to its owner: whoever mints it has to look.
 */
function reachable(store: Store, session: Session, id: string): { account: Account; provider: Provider } {
  const account = store.account(id);
  const provider = account && findProvider(account.provider);
  const mine = account?.origin_owner_id === session.origin_owner_id || session.account_id === id;
  if (!account || !provider || !mine) throw new StackOneError(404, 'Account not found');
  return { account, provider };
}

function addAttemptRoutes(app: FastifyInstance, store: Store): void {
  app.post('/connection_attempts', (request, reply) => {
    const session = sessionOf(request, store);
    if (NewAttempt.parse(request.body).token !== session.token) {
      throw new StackOneError(401, 'The token in the body is not the session’s');
    }
    return reply.status(201).send({ id: store.createAttempt(session).id });
  });

  app.get('/connection_attempts/:id', (request) => {
    const { id, status, account_id, error } = attemptOf(request, store);
    return { id, status, account: account_id === null ? null : { id: account_id }, error };
  });

  app.delete('/connection_attempts/:id', (request, reply) => {
    store.settleAttempt(attemptOf(request, store), { status: 'cancelled' });
    return reply.status(204).send();
  });
}

function attemptOf(request: FastifyRequest, store: Store): Attempt {
  const attempt = store.attempt(sessionOf(request, store), Id.parse(request.params).id);
  if (!attempt) throw new StackOneError(404, 'Connection attempt not found');
  return attempt;
}
