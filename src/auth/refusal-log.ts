import type { Logger } from '../observability/logger.js';

/** At most one line in this time for each kind of problem, so that a flood of bad tokens does not fill the log. */
const quietMs = 60_000;

interface Line {
  readonly loggedAt: number;
  /** Problems of this kind after the line. */
  unlogged: number;
}

/** Tells the operator at level `warn` why tokens, or grants in them, are rejected. */
export class RefusalLog {
  readonly #lines = new Map<string, Line>();

  constructor(
    readonly logger: Logger,
    readonly message: string,
  ) {}

  /** @param kind from a closed list */
  report(kind: string, reason: string): void {
    const last = this.#lines.get(kind);
    const now = performance.now();
    if (last !== undefined && now - last.loggedAt < quietMs) {
      last.unlogged += 1;
      return;
    }
    this.#lines.set(kind, { loggedAt: now, unlogged: 0 });
    this.logger.warn({ kind, reason, unlogged: last?.unlogged }, this.message);
  }
}

/** For grants of any kind of authentication. */
export function createGrantsLog(logger: Logger): RefusalLog {
  return new RefusalLog(logger, 'grants rejected: the caller may not manage accounts');
}
