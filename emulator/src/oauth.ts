import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { consentPage, pageHeaders, problemPage, resultPage } from './consent-page.js';
import { mergeCredentials, type Values, validateCredentials } from './credentials.js';
import { StackOneError } from './errors.js';
import { type HubApiOptions, requireAvailableProvider } from './hub-api.js';
import type { Provider } from './providers.js';
import { requestUrl } from './request-url.js';
import type { Attempt, Session, Store } from './store.js';

const idSchema = z.object({ id: z.string() });
const decisionSchema = z.object({ decision: z.enum(['approve', 'deny']) });

interface Popup {
  session: Session;
  attempt: Attempt;
  provider: Provider;
  credentials: Values;
}

/**
 * The OAuth popup of a provider. The Hub also sends a `redirect_uri`, which is a page of StackOne's dashboard that
 * shows the result. It is ignored: this popup shows the result itself and calls no other host.
 */
export async function oauthPopup(app: FastifyInstance, options: HubApiOptions): Promise<void> {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  // A user sees these responses, so errors are HTML pages too.
  app.setErrorHandler((error, _request, reply) => {
    const isKnown = error instanceof StackOneError;
    const text = isKnown ? error.message : 'The request is not valid.';
    return sendPage(reply.status(isKnown ? error.statusCode : 400), problemPage(text));
  });

  app.get('/connect/oauth2/:id', (request, reply) => {
    const { provider, session } = parsePopupRequest(request, options);
    return sendPage(reply, consentPage(provider, session));
  });

  app.post('/connect/oauth2/:id', (request, reply) => {
    const popup = parsePopupRequest(request, options);
    const { decision } = decisionSchema.parse(request.body);
    return sendPage(reply, decision === 'approve' ? approve(popup, options.store) : deny(popup, options.store));
  });
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.headers(pageHeaders).send(page);
}

/**
 * Checks everything on each request: the session can expire or be cancelled between the page and the click.
 * @throws StackOneError with a message for the user
 */
function parsePopupRequest(request: FastifyRequest, options: HubApiOptions): Popup {
  const { store } = options;
  const { token = '', connection_attempt_id = '', ...values } = Object.fromEntries(requestUrl(request).searchParams);
  const session = store.findValidSession(token);
  if (!session) {
    throw new StackOneError(401, 'This session has expired. Close this window and start again.');
  }
  const attempt = store.attempt(session, connection_attempt_id);
  if (!attempt) {
    throw new StackOneError(404, 'This connection attempt does not exist.');
  }
  if (attempt.status !== 'pending') {
    throw new StackOneError(409, `This connection attempt has ended (${attempt.status}). You can close this window.`);
  }
  const provider = requireAvailableProvider(options, session, idSchema.parse(request.params).id);
  if (provider.auth !== 'oauth2') {
    throw new StackOneError(400, `${provider.name} does not use OAuth.`);
  }
  const stored = store.existingAccount(session, provider.key);
  const credentials = mergeCredentials(provider, stored ? store.credentialsOf(stored.id) : {}, values);
  rejectInvalidCredentials(provider, credentials, attempt, store);
  return { session, attempt, provider, credentials };
}

/** Invalid credentials also end the attempt. Otherwise the Hub polls it until it expires after ten minutes. */
function rejectInvalidCredentials(provider: Provider, credentials: Values, attempt: Attempt, store: Store): void {
  try {
    validateCredentials(provider, credentials);
  } catch (error) {
    const description = error instanceof Error ? error.message : String(error);
    store.finishAttempt(attempt, { status: 'error', error: { code: 'invalid_request', description } });
    throw error;
  }
}

function approve({ session, attempt, provider, credentials }: Popup, store: Store): string {
  // The provider's access token, which StackOne stores: a secret without a form field.
  const account = store.link(session, provider.key, { ...credentials, access_token: `oauth-${attempt.id}` });
  store.finishAttempt(attempt, { status: 'authenticated', account_id: account.id });
  return resultPage(provider, `${provider.name} is connected`, 'You can return to the application.');
}

function deny({ session, attempt, provider }: Popup, store: Store): string {
  const description = `Access to ${provider.name} was denied for ${session.origin_owner_name}.`;
  store.finishAttempt(attempt, { status: 'error', error: { code: 'access_denied', description } });
  const title = `${provider.name} was not connected`;
  return resultPage(provider, title, 'Access was denied. Nothing has changed.');
}
