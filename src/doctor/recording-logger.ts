import type { Logger } from '../observability/logger.js';

export interface RecordedLine {
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly message: string;
}

/** Keeps the lines of the server's own parts, which report some problems nowhere else. */
export class RecordingLogger implements Logger {
  readonly lines: RecordedLine[] = [];

  readonly #record = (fields: RecordedLine['fields'], message: string): void => {
    this.lines.push({ fields, message });
  };
  readonly debug = this.#record;
  readonly info = this.#record;
  readonly warn = this.#record;
  readonly error = this.#record;

  /** A text field of the last line with this alert. */
  lastOf(alert: string, field: string): string | undefined {
    const value = this.lines.findLast(({ fields }) => fields['alert'] === alert)?.fields[field];
    return typeof value === 'string' ? value : undefined;
  }
}
