import type { Logger } from '../observability/logger.js';
import type { RefusalKind, TokenRefusedError } from './refusal.js';

/** At most one line in this time for each kind of problem, so that a flood of bad tokens does not fill the log. */
const quietMs = 60_000;

interface Line {
  readonly loggedAt: number;
  /** Tokens that were rejected after the line. */
  unlogged: number;
}

/** Tells the operator at level `warn` why tokens are rejected. The line of each request has the same reason at `info`. */
export class RefusalLog {
  readonly #lines = new Map<RefusalKind, Line>();

  constructor(readonly logger: Logger) {}

  report({ kind, message: reason }: TokenRefusedError): void {
    const last = this.#lines.get(kind);
    const now = performance.now();
    if (last !== undefined && now - last.loggedAt < quietMs) {
      last.unlogged += 1;
      return;
    }
    this.#lines.set(kind, { loggedAt: now, unlogged: 0 });
    this.logger.warn({ kind, reason, unlogged: last?.unlogged }, 'access token rejected');
  }
}
