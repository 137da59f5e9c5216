import { type DestinationStream, pino } from 'pino';
import type { LogLevel } from '../config/settings.js';

/** Scalars only: the redaction does not reach nested values. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
type LogMethod = (fields: LogFields, message: string) => void;

/** The methods that this package needs from a logger. The loggers of pino, Fastify and bunyan have them. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
}

/** The logger of a process, which also logs why the process ends. */
export interface ProcessLogger extends Logger {
  readonly fatal: LogMethod;
}

/**
 * Lines are written in batches, which costs less than one by one (docs/performance.md). The write is synchronous, as
 * Node writes to a pipe: a slow reader slows the process down, and lines do not pile up in memory.
 */
const buffered = { dest: 1, sync: true, minLength: 4096, periodicFlush: 100 };

/**
 * JSON lines on standard output. Callers log chosen fields, never a request, a response or an error object from
 * outside. The redaction here is the second safeguard.
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
  return pino(options, destination ?? getStandardOutput());
}

let standardOutput: DestinationStream | undefined;

/** One for the process. Buffered lines are written at any exit, unless the process is killed. */
function getStandardOutput(): DestinationStream {
  if (standardOutput === undefined) {
    const output = pino.destination(buffered);
    process.on('exit', () => output.flushSync());
    standardOutput = output;
  }
  return standardOutput;
}
