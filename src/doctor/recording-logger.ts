import type { LogFields, Logger } from '../observability/logger.js';

/** Keeps the lines of the server's own parts, which report some problems nowhere else. */
export class RecordingLogger implements Logger {
  readonly #lines: LogFields[] = [];

  readonly #record = (fields: LogFields): void => {
    this.#lines.push(fields);
  };
  readonly debug = this.#record;
  readonly info = this.#record;
  readonly warn = this.#record;
  readonly error = this.#record;

  /** A text field of the last line with this alert. */
  lastOf(alert: string, field: string): string | undefined {
    const value = this.#lines.findLast((fields) => fields['alert'] === alert)?.[field];
    return typeof value === 'string' ? value : undefined;
  }
}
