import { codeOf } from '../domain/app-error.js';
import type { AuditAction, AuditEvent } from '../domain/audit-event.js';
import type { ErrorCode } from '../domain/error-codes.js';
import { accountIdPattern } from '../domain/linked-account.js';
import { providerKeyPattern } from '../domain/provider.js';
import type { Result } from '../domain/result.js';
import { textOf } from '../domain/values.js';
import type { Logger } from './logger.js';

/** Receives each event. A promise is not awaited: no response waits for it. */
export type OnAudit = (event: AuditEvent) => void | Promise<void>;

/** What is known before the work; the work can add what it learns. */
export type AuditEntry = { -readonly [Key in Exclude<keyof AuditEvent, 'time' | 'outcome'>]: AuditEvent[Key] };

/** Who did what. Events go to one receiver, whose failure is an alert and never changes a response. */
export class Audit {
  readonly #onAudit: OnAudit | undefined;
  readonly #logger: Logger;

  constructor(onAudit: OnAudit | undefined, logger: Logger) {
    this.#onAudit = onAudit;
    this.#logger = logger;
  }

  /** Runs the work and sends one event, whatever its result is. */
  async record<T>(entry: AuditEntry, work: (entry: AuditEntry) => Promise<Result<T>>): Promise<Result<T>> {
    if (!this.isOn) {
      return work(entry);
    }
    try {
      const result = await work(entry);
      this.#send(entry, result.ok ? 'OK' : (result.userErrors[0]?.code ?? 'INVALID_INPUT'));
      return result;
    } catch (error) {
      this.#send(entry, codeOf(error));
      throw error;
    }
  }

  get isOn(): boolean {
    return this.#onAudit !== undefined;
  }

  /** A mutation that did not run, because it is not known who sent it. */
  recordRefusal(requestId: string, action: AuditAction, outcome: ErrorCode): void {
    const entry = { requestId, ownerId: null, username: null, action, provider: null, accountId: null, flag: null };
    this.#send(entry, outcome);
  }

  #send(entry: AuditEntry, outcome: AuditEvent['outcome']): void {
    if (this.#onAudit === undefined) {
      return;
    }
    const event: AuditEvent = {
      time: new Date(),
      ...entry,
      // As the client sent them, in case the work has not checked them.
      provider: matching(entry.provider, providerKeyPattern),
      accountId: matching(entry.accountId, accountIdPattern),
      outcome,
    };
    try {
      Promise.resolve(this.#onAudit(event)).catch((error: unknown) => this.#alert(event, error));
    } catch (error) {
      this.#alert(event, error);
    }
  }

  #alert({ requestId, action, outcome }: AuditEvent, error: unknown): void {
    reportAuditFailure(this.#logger, error, { requestId, action, outcome });
  }
}

/** The code or the name of the error only: its message can quote anything. */
export function reportAuditFailure(
  logger: Logger,
  error: unknown,
  fields: Readonly<Record<string, string>> = {},
  message = 'An audit event could not be written',
): void {
  const code = textOf(error, 'code');
  const name = error instanceof Error ? error.name : 'a value that is no Error';
  const reason = /^[A-Z_]{1,40}$/.test(code) ? code : name;
  logger.error({ alert: 'audit-failed', reason, ...fields }, message);
}

function matching(text: string | null, pattern: RegExp): string | null {
  return text !== null && pattern.test(text) ? text : null;
}
