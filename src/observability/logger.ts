import { writeSync } from 'node:fs';
import { type DestinationStream, pino } from 'pino';
import type { LogLevel } from '../config/settings.js';
import { textOf } from '../domain/values.js';

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

/** Lines are written in batches, which costs less than one by one (docs/performance.md). */
const batchLength = 4096;
const flushAfterMs = 100;
/** While lines cannot be written, they wait up to this length. Further ones are lost. */
const maxWaiting = 1024 * 1024;
const retryAfterMs = 10;

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

let standardOutput: BatchedOutput | undefined;

/** One for the process. Lines that wait are written at any exit, unless the process is killed. */
function getStandardOutput(): BatchedOutput {
  if (standardOutput === undefined) {
    const output = new BatchedOutput(1);
    setInterval(() => output.flushSync(), flushAfterMs).unref();
    process.on('exit', () => output.flushSync());
    standardOutput = output;
  }
  return standardOutput;
}

/**
 * Writes synchronously, as Node writes to a pipe: a slow reader slows the process down, and lines do not pile up in
 * memory. A write that fails, because the disk is full or the reader is gone, is tried again later, and nothing waits for
 * it: pino's own destination would then block the process for ever.
 */
export class BatchedOutput implements DestinationStream {
  readonly #fd: number;
  #text = '';
  /** What could not be written. It can begin in the middle of a line. */
  #unwritten: Buffer = Buffer.alloc(0);

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(line: string): void {
    if (this.#text.length + this.#unwritten.length < maxWaiting) {
      this.#text += line;
    }
    if (this.#text.length >= batchLength && this.#unwritten.length === 0) {
      this.flushSync();
    }
  }

  /** pino calls it after a line at level `fatal`. */
  flushSync(): void {
    let bytes = Buffer.concat([this.#unwritten, Buffer.from(this.#text)]);
    this.#text = '';
    try {
      while (bytes.length > 0) {
        bytes = bytes.subarray(writeSome(this.#fd, bytes));
      }
    } catch {
      // There is no other place to report it.
    }
    this.#unwritten = bytes;
  }
}

/** @returns the number of bytes written. 0: the reader is slow, and its pipe does not block */
function writeSome(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if (textOf(error, 'code') !== 'EAGAIN') {
      throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryAfterMs);
    return 0;
  }
}
