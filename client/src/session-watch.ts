import { isPageVisible } from './page.js';

export interface SessionEnd {
  /** Milliseconds of this computer's clock. */
  readonly endsAt: number;
  /** Called once. If it brings no new Hub, the session is watched until its end. */
  readonly onRenew: () => void;
  readonly onEnd: () => void;
  /** Whether the Hub holds something that a new one would not. */
  readonly isTouched: () => boolean;
}

const renewBeforeMs = 30_000;
/** Often enough, and unlike one long timer right after the computer has slept. */
const lookEveryMs = 1_000;

/**
 * Watches over the Hub's session, because the Hub does not: with a token that has ended it says "No configured
 * integrations available", and nothing to the page.
 *
 * The rule: 30 seconds before the end, a Hub that nobody has touched gets a new session unnoticed. One in which
 * something was typed or clicked is left alone, since a new Hub would forget it and would never hear of an
 * OAuth window that is open; when its session ends, the page is told. So is a page that nobody looks at: a tab
 * left open overnight must not mint sessions until morning.
 * @returns how to stop it
 */
export function watchSession({ endsAt, onRenew, onEnd, isTouched }: SessionEnd): () => void {
  let isRenewing = false;
  const look = () => {
    const leftMs = endsAt - Date.now();
    if (leftMs <= 0) {
      stop();
      onEnd();
    } else if (leftMs <= renewBeforeMs && !isTouched() && isPageVisible() && !isRenewing) {
      isRenewing = true;
      onRenew();
    }
  };
  const timer = setInterval(look, lookEveryMs);
  const stop = () => clearInterval(timer);
  return stop;
}
