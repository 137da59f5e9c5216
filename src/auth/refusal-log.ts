import type { Logger } from '../observability/logger.js';

/** At most one line in this time for each kind of problem, so that a flood of bad tokens does not fill the log. */
const quietMs = 60_000;

interface Line {
  readonly loggedAt: number;
  /** Problems of this kind after the line. */
  unlogged: number;
}

/** Tells the operator at level `warn` why tokens, or grants in them, are rejected. @param kind from a closed list */
type RefusalLog = (kind: string, reason: string) => void;

export function createRefusalLog(logger: Logger, message: string): RefusalLog {
  const lines = new Map<string, Line>();
  return (kind, reason) => {
    const last = lines.get(kind);
    const now = performance.now();
    if (last !== undefined && now - last.loggedAt < quietMs) {
      last.unlogged += 1;
      return;
    }
    lines.set(kind, { loggedAt: now, unlogged: 0 });
    logger.warn({ kind, reason, unlogged: last?.unlogged }, message);
  };
}

/** For grants of any kind of authentication. */
export function createGrantsLog(logger: Logger): RefusalLog {
  return createRefusalLog(logger, 'grants rejected: the caller may not manage accounts');
}
