import { closeSync, openSync } from 'node:fs';
import { pino } from 'pino';
import { ConfigError } from '../config/config-error.js';
import { textOf } from '../domain/values.js';
import { type OnAudit, reportAuditFailure } from './audit.js';
import type { Logger } from './logger.js';

interface AuditLog {
  readonly onAudit: OnAudit;
  /** After a rotation: the next line goes to a new file of the same name. Undefined for standard output. */
  readonly reopen: (() => void) | undefined;
  readonly close: () => void;
}

/** Only the user of the process can read the file. */
const mode = 0o600;
/** While the disk is full, lines wait for it up to this length. Further ones are lost. */
const maxWaitingBytes = 1024 * 1024;

/**
 * One JSON line for each event, written at once. `"log":"audit"` tells the lines from those of the request log.
 * @param target `off`, `stdout` or the path of a file
 * @throws ConfigError when the file cannot be opened
 */
export function openAuditLog(target: string, logger: Logger): AuditLog | undefined {
  if (target === 'off') {
    return undefined;
  }
  const isFile = target !== 'stdout';
  if (isFile) {
    // The stream reports a file that cannot be opened too late for the start.
    closeSync(open(target));
  }
  const stream = pino.destination({
    dest: isFile ? target : 1,
    sync: true,
    append: true,
    mode,
    maxLength: maxWaitingBytes,
  });
  stream.on('error', (error: unknown) => reportAuditFailure(logger, error));
  stream.on('drop', () => reportAuditFailure(logger, { code: 'LINE_LOST' }));
  const reopen = () => {
    try {
      // The stream throws too, but would close the previous file twice at its next success.
      closeSync(openSync(target, 'a', mode));
      stream.reopen();
    } catch (error) {
      const message = 'The audit log could not be opened again: its lines go to the previous file';
      reportAuditFailure(logger, error, {}, message);
    }
  };
  return {
    onAudit: (event) => {
      stream.write(`${JSON.stringify({ log: 'audit', ...event })}\n`);
    },
    reopen: isFile ? reopen : undefined,
    close: () => {
      if (isFile) {
        stream.end();
      }
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'a', mode);
  } catch (error) {
    const fix = 'create its folder, and allow the user of the server to write to it';
    throw new ConfigError([`AUDIT_LOG names a file that cannot be opened (${textOf(error, 'code')}): ${fix}`]);
  }
}
