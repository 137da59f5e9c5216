import type { Sdk } from '../generated/sdk.js';
import type { ConnectRequest, HubSession } from './connect-state.js';
import { ConnectError, type LinkedAccount } from './failure.js';
import { isPageVisible } from './page-visibility.js';

/**
 * Creates the session of a Hub.
 * @param toLocalTime converts a time of the server to milliseconds of this computer's clock
 * @throws ConnectError with the failure `refused` when the response has `userErrors`
 */
export async function createHubSession(
  sdk: Sdk,
  request: ConnectRequest,
  toLocalTime: (instant: string) => number,
  signal: AbortSignal,
): Promise<HubSession> {
  const { createConnectSession } = await sdk.createConnectSession(request, undefined, signal);
  const { token, expiresAt, mode, account, userErrors } = createConnectSession;
  if (token === null || expiresAt === null || mode === null) {
    throw new ConnectError({ kind: 'refused', userErrors });
  }
  return { token, expiresAt: toLocalTime(expiresAt), mode, account };
}

interface SessionWatchOptions {
  /** When the session expires, in milliseconds of this computer's clock. */
  readonly expiresAt: number;
  /** Called at most once, 30 seconds before the expiry. If no new session replaces this one, the watch continues. */
  readonly onRenew: () => void;
  readonly onExpire: () => void;
  /** Whether the user has interacted with the Hub, so that a new Hub would lose input. */
  readonly isTouched: () => boolean;
}

const renewBeforeMs = 30_000;
/** A short interval instead of one long timer: a long timer fires late after the computer was asleep. */
const checkIntervalMs = 1_000;

/**
 * Watches the expiry of the Hub's session, because the Hub does not report it: with an expired token it shows "No
 * configured integrations available" and sends no event.
 *
 * 30 seconds before the expiry, `onRenew` is called if the user has not interacted with the Hub and the page is
 * visible. A Hub with user input is not renewed: a new Hub would lose the input and would not receive the result of an
 * open OAuth window. A hidden page is not renewed: a tab that stays open overnight must not create sessions all night.
 * In these cases `onExpire` is called at the expiry.
 * @returns a function that stops the watch
 */
export function watchSession({ expiresAt, onRenew, onExpire, isTouched }: SessionWatchOptions): () => void {
  let isRenewing = false;
  const check = () => {
    const remainingMs = expiresAt - Date.now();
    if (remainingMs <= 0) {
      stop();
      onExpire();
    } else if (remainingMs <= renewBeforeMs && !isTouched() && isPageVisible() && !isRenewing) {
      isRenewing = true;
      onRenew();
    }
  };
  const timer = setInterval(check, checkIntervalMs);
  const stop = () => clearInterval(timer);
  return stop;
}

/**
 * Confirms the account that the Hub has reported.
 * @throws ConnectError with the failure `refused` or `not-linked`
 */
export async function confirmAccount(sdk: Sdk, accountId: string, signal: AbortSignal): Promise<LinkedAccount> {
  const { confirmLinkedAccount } = await sdk.confirmLinkedAccount({ accountId }, undefined, signal);
  const { account, userErrors } = confirmLinkedAccount;
  if (account === null) {
    throw new ConnectError({ kind: 'refused', userErrors });
  }
  if (account.status !== 'ACTIVE') {
    throw new ConnectError({ kind: 'not-linked', account });
  }
  return account;
}
