import { isPageVisible } from './page.js';

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
