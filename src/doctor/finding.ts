import { textOf } from '../domain/values.js';
import { within } from '../stackone/http/deadline.js';
import { UpstreamError } from '../stackone/http/errors.js';

/** `unknown`: the doctor could not check this. Only `error` makes the result a failure. */
type FindingLevel = 'ok' | 'warning' | 'error' | 'unknown';

/** One result of a check, in this project's own words. It contains no secret, and no value of a claim that is not configured. */
export interface Finding {
  readonly check: string;
  readonly level: FindingLevel;
  readonly message: string;
  /** What to change. */
  readonly fix?: string;
}

/** Owner of what a check creates. It is not the owner of any customer. */
export const doctorOwner = { id: 'stackone-connect-doctor', name: 'stackone-connect doctor' };

/** The calls of one check may take less time than this. */
const checkTimeoutMs = 12_000;

/**
 * Runs one check. Whatever happens in it, the others have their results.
 * @param timeoutMs longer for a check that runs other checks
 */
export async function runCheck(
  check: string,
  work: () => Promise<readonly Finding[]>,
  timeoutMs = checkTimeoutMs,
): Promise<readonly Finding[]> {
  try {
    return await within(timeoutMs, check, work());
  } catch (error) {
    // The name only: a message can quote anything.
    const isLate = error instanceof UpstreamError && error.code === 'UPSTREAM_TIMEOUT';
    const reason = isLate ? 'in time' : `(${textOf(error, 'name') || 'unknown error'})`;
    return [unknown(check, `The check did not finish ${reason}.`)];
  }
}

export function ok(check: string, message: string): Finding {
  return { check, level: 'ok', message };
}

export function unknown(check: string, message: string, fix?: string): Finding {
  return { check, level: 'unknown', message, ...(fix !== undefined && { fix }) };
}

export function warning(check: string, message: string, fix: string): Finding {
  return { check, level: 'warning', message, fix };
}

export function error(check: string, message: string, fix: string): Finding {
  return { check, level: 'error', message, fix };
}

/** "1 provider", "2 providers" */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
