import { type DestinationStream, pino } from 'pino';

/** Scalars alone: what is nested would escape the redaction. */
type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
type Log = (fields: LogFields, message: string) => void;

/** What this layer needs of a logger: pino's, Fastify's and bunyan's all have it. */
export interface Logger {
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

export function isLogger(value: unknown): value is Logger {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['debug', 'info', 'warn', 'error'].every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

/** Of a process of our own, which also tells of its end. */
export interface ProcessLogger extends Logger {
  readonly fatal: Log;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Many lines are written at once, which costs less than one by one (docs/performance.md). Synchronously, as
 * Node writes to a pipe: whoever reads them slowly is waited for, and they do not pile up in memory.
 */
const buffered = { dest: 1, sync: true, minLength: 4096, periodicFlush: 100 };

/**
 * JSON lines on standard output. Callers log records of chosen fields, never a request, a response or an
 * error object from outside; the redaction here is only the second net.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): ProcessLogger {
  const options = {
    level,
    base: {},
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: ['token', 'authorization', 'authLinkUrl'],
      censor: '[redacted]',
    },
  };
  return pino(options, destination ?? toStandardOutput());
}

let standardOutput: DestinationStream | undefined;

/** One for the process. What waits is written when that exits, whatever it exits for, but not when it is killed. */
function toStandardOutput(): DestinationStream {
  if (standardOutput === undefined) {
    const output = pino.destination(buffered);
    process.on('exit', () => output.flushSync());
    standardOutput = output;
  }
  return standardOutput;
}
