import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { mergeCredentials, validateCredentials } from './credentials.js';
import { StackOneError } from './errors.js';
import { findProvider, type Provider, providers } from './providers.js';
import type { Settings } from './settings.js';
import type { Account, Attempt, Session, Store } from './store.js';

export interface HubApiOptions {
  store: Store;
  settings: Pick<Settings, 'enabledProviders'>;
}

const idSchema = z.object({ id: z.string() });
const submissionSchema = z.object({
  integration_id: z.string(),
  credentials: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
});
const newAttemptSchema = z.object({ token: z.string() });
const listQuerySchema = z.object({ provider: z.string().optional() });

/**
 * The API that the Hub calls from the browser, from any origin. The session token is the only credential.
 * Registered under the prefix `/hub`, so that StackOne's server API gets no CORS headers: browsers must not call it.
 */
export async function hubApi(app: FastifyInstance, options: HubApiOptions): Promise<void> {
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['content-type', 'x-hub-session-token', 'x-hub-version'],
  });
  addConnectorRoutes(app, options);
  addAccountRoutes(app, options);
  addAttemptRoutes(app, options);
}

function requireSession(request: FastifyRequest, store: Store): Session {
  const token = request.headers['x-hub-session-token'];
  const session = typeof token === 'string' ? store.findValidSession(token) : undefined;
  if (!session) {
    throw new StackOneError(401, 'The session token is invalid or expired');
  }
  return session;
}

/** The providers that a session offers. */
function availableProviders({ store, settings }: HubApiOptions, session: Session): Provider[] {
  const enabled = providers.filter((provider) => provider.enabled && settings.enabledProviders === 'default');
  // In an edit session only this provider: with other rows, the Hub may send the id of another provider.
  const edited = session.account_id === null ? undefined : store.existingAccount(session);
  if (edited) {
    return enabled.filter(({ key }) => key === edited.provider);
  }
  return enabled.filter(
    ({ key, category, integrationId }) =>
      (session.provider === null || session.provider === key) &&
      (session.categories === null || session.categories.length === 0 || session.categories.includes(category)) &&
      (session.integration_id === null || session.integration_id === integrationId),
  );
}

/** @throws StackOneError 404 when the session does not offer this integration */
export function requireAvailableProvider(options: HubApiOptions, session: Session, integrationId: string): Provider {
  const chosen = availableProviders(options, session).find((provider) => provider.integrationId === integrationId);
  if (!chosen) {
    throw new StackOneError(404, 'This integration is not available');
  }
  return chosen;
}

function addConnectorRoutes(app: FastifyInstance, options: HubApiOptions): void {
  const { store } = options;
  app.get('/settings', (request) => {
    const existing = store.existingAccount(requireSession(request, store));
    return { enabled_features: [], ...(existing ? { existing_account_id: existing.id } : {}) };
  });

  app.get('/connectors', (request) => {
    const session = requireSession(request, store);
    const { provider } = listQuerySchema.parse(request.query);
    const offered = availableProviders(options, session).filter(
      ({ key }) => provider === undefined || provider === key,
    );
    return {
      integrations: offered.map(toIntegration),
      external_trigger_token: session.external_trigger_token,
    };
  });

  app.get('/connectors/:id', (request) => {
    const session = requireSession(request, store);
    return {
      config: toConnectorConfig(requireAvailableProvider(options, session, idSchema.parse(request.params).id)),
    };
  });
}

function toIntegration({ key, name, category, integrationId, logoUrl }: Provider) {
  return {
    active: true,
    name,
    provider: key,
    type: category,
    integration_id: integrationId,
    logo_url: logoUrl,
  };
}

function toConnectorConfig({ key, name, auth, fields, logoUrl }: Provider) {
  const configFields = fields.map((field) => ({ ...field, required: true }));
  const grant = auth === 'oauth2' ? { grantType: 'authorization_code' } : {};
  return { key, name, type: auth, ...grant, configFields, assets: { icon: logoUrl } };
}

function addAccountRoutes(app: FastifyInstance, options: HubApiOptions): void {
  const { store } = options;
  app.post('/accounts', (request, reply) => {
    const session = requireSession(request, store);
    const { integration_id, credentials } = submissionSchema.parse(request.body);
    const provider = requireAvailableProvider(options, session, integration_id);
    const accepted = mergeCredentials(provider, {}, credentials);
    validateCredentials(provider, accepted);
    return reply.status(201).send({ id: store.link(session, provider.key, accepted).id });
  });

  app.get('/accounts/:id', (request) => {
    const { account, provider } = requireAccessibleAccount(
      store,
      requireSession(request, store),
      idSchema.parse(request.params).id,
    );
    return {
      provider: account.provider,
      integrationId: provider.integrationId,
      setupInformation: account.setup_information,
      secrets: account.credentials,
    };
  });

  app.patch('/accounts/:id', (request) => {
    const session = requireSession(request, store);
    const { account, provider } = requireAccessibleAccount(store, session, idSchema.parse(request.params).id);
    const { integration_id, credentials } = submissionSchema.parse(request.body);
    if (integration_id !== provider.integrationId) {
      throw new StackOneError(404, 'This integration is not available');
    }
    const accepted = mergeCredentials(provider, store.credentialsOf(account.id), credentials);
    validateCredentials(provider, accepted);
    store.relink(session, account.id, accepted);
    return { id: account.id };
  });
}

/**
 * An account that a session may read and edit: an account of its owner, or the account it was created for.
 * StackOne does not check that `account_id` belongs to the session's owner: the server that creates the session
 * must check this.
 * @throws StackOneError 404
 */
function requireAccessibleAccount(
  store: Store,
  session: Session,
  id: string,
): { account: Account; provider: Provider } {
  const account = store.account(id);
  const provider = account && findProvider(account.provider);
  const isAccessible = account?.origin_owner_id === session.origin_owner_id || session.account_id === id;
  if (!account || !provider || !isAccessible) {
    throw new StackOneError(404, 'Account not found');
  }
  return { account, provider };
}

function addAttemptRoutes(app: FastifyInstance, { store }: HubApiOptions): void {
  app.post('/connection_attempts', (request, reply) => {
    const session = requireSession(request, store);
    if (newAttemptSchema.parse(request.body).token !== session.token) {
      throw new StackOneError(401, 'The token in the body is not the session token');
    }
    return reply.status(201).send({ id: store.createAttempt(session).id });
  });

  app.get('/connection_attempts/:id', (request) => {
    const { id, status, account_id, error } = requireAttempt(request, store);
    return { id, status, account: account_id === null ? null : { id: account_id }, error };
  });

  app.delete('/connection_attempts/:id', (request, reply) => {
    store.finishAttempt(requireAttempt(request, store), { status: 'cancelled' });
    return reply.status(204).send();
  });
}

function requireAttempt(request: FastifyRequest, store: Store): Attempt {
  const attempt = store.attempt(requireSession(request, store), idSchema.parse(request.params).id);
  if (!attempt) {
    throw new StackOneError(404, 'Connection attempt not found');
  }
  return attempt;
}
