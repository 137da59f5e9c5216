import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { consentPage, PAGE_HEADERS, problemPage, resultPage } from './consent-page.js';
import { mergeCredentials, refuseBadCredentials, type Values } from './credentials.js';
import { StackOneError } from './errors.js';
import { chosenProvider, type HubOptions } from './hub-api.js';
import type { Provider } from './providers.js';
import type { Attempt, Session, Store } from './store.js';

const Id = z.object({ id: z.string() });
const Decision = z.object({ decision: z.enum(['approve', 'deny']) });

type Popup = { session: Session; attempt: Attempt; provider: Provider; credentials: Values };

/**
 * The popup of an OAuth provider. The Hub also sends a `redirect_uri`, a page of StackOne's dashboard that
 * only shows a result. Nothing is redirected there: the result is shown here, and no other host is called.
 */
export async function oauthPopup(app: FastifyInstance, { store }: HubOptions): Promise<void> {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  // A person looks at these answers, so their errors are pages too.
  app.setErrorHandler((error, _request, reply) => {
    const known = error instanceof StackOneError;
    const text = known ? error.message : 'The request could not be understood.';
    return show(reply.status(known ? error.statusCode : 400), problemPage(text));
  });

  app.get('/connect/oauth2/:id', (request, reply) => {
    const { provider, session } = popupOf(request, store);
    return show(reply, consentPage(provider, session));
  });

  app.post('/connect/oauth2/:id', (request, reply) => {
    const popup = popupOf(request, store);
    const { decision } = Decision.parse(request.body);
    return show(reply, decision === 'approve' ? approve(popup, store) : deny(popup, store));
  });
}

function show(reply: FastifyReply, page: string): FastifyReply {
  return reply.headers(PAGE_HEADERS).send(page);
}

/** Everything is checked on each request: between page and click the session may expire or be cancelled. */
function popupOf(request: FastifyRequest, store: Store): Popup {
  const {
    token = '',
    connection_attempt_id = '',
    ...values
  } = Object.fromEntries(new URL(request.url, 'http://emulator').searchParams);
  const session = store.liveSession(token);
  if (!session) throw new StackOneError(401, 'This session has expired. Close this window and start again.');
  const attempt = store.attempt(session, connection_attempt_id);
  if (!attempt) throw new StackOneError(404, 'This connection attempt is not known.');
  if (attempt.status !== 'pending') {
    throw new StackOneError(
      409,
      `This connection attempt has ended (${attempt.status}). You can close this window.`,
    );
  }
  const provider = chosenProvider(store, session, Id.parse(request.params).id);
  if (provider.auth !== 'oauth2')
    throw new StackOneError(400, `${provider.name} is not connected by consent.`);
  const stored = store.existingAccount(session, provider.key);
  const credentials = mergeCredentials(provider, stored ? store.credentialsOf(stored.id) : {}, values);
  refuse(provider, credentials, attempt, store);
  return { session, attempt, provider, credentials };
}

/** A refusal also ends the attempt: the Hub, which polls it, would wait for minutes otherwise. */
function refuse(provider: Provider, credentials: Values, attempt: Attempt, store: Store): void {
  try {
    refuseBadCredentials(provider, credentials);
  } catch (error) {
    const description = error instanceof Error ? error.message : String(error);
    store.settleAttempt(attempt, { status: 'error', error: { code: 'invalid_request', description } });
    throw error;
  }
}

function approve({ session, attempt, provider, credentials }: Popup, store: Store): string {
  // The provider's token, as StackOne would keep it: a secret that no field of the form shows.
  const account = store.link(session, provider.key, { ...credentials, access_token: `oauth-${attempt.id}` });
  store.settleAttempt(attempt, { status: 'authenticated', account_id: account.id });
  return resultPage(provider, `${provider.name} is connected`, 'You can go back to where you came from.');
}

function deny({ session, attempt, provider }: Popup, store: Store): string {
  const description = `Access to ${provider.name} was not allowed for ${session.origin_owner_name}.`;
  store.settleAttempt(attempt, { status: 'error', error: { code: 'access_denied', description } });
  const title = `${provider.name} was not connected`;
  return resultPage(provider, title, 'Access was not allowed. Nothing has changed.');
}
