import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BatchedOutput, createLogger } from '../../src/observability/logger.js';

function lineOf(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger('info', { write: (line) => lines.push(line) }));
  return JSON.parse(lines.join(''));
}

describe('createLogger', () => {
  it('writes a JSON line with the fields, the message, the level and the time', () => {
    const line = lineOf((logger) => logger.warn({ code: 'RATE_LIMITED', reason: undefined }, 'request'));
    expect(line).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^20.+Z$/),
      code: 'RATE_LIMITED',
      msg: 'request',
    });
  });

  it.each(['token', 'authorization', 'authLinkUrl'])('redacts the field %s', (name) => {
    const line = lineOf((logger) => logger.error({ [name]: 'canary' }, 'request'));
    expect(line[name]).toBe('[redacted]');
    expect(JSON.stringify(line)).not.toContain('canary');
  });

  it('does not accept nested fields, which the redaction would not reach', () => {
    // @ts-expect-error does not compile
    lineOf((logger) => logger.info({ session: { token: 'canary' } }, 'request'));
  });
});

describe('BatchedOutput', () => {
  it('keeps lines that cannot be written, up to 1 MiB, and writes them later', () => {
    const folder = mkdtempSync(join(tmpdir(), 'output-'));
    const path = join(folder, 'log');
    closeSync(openSync(path, 'w'));
    const fd = openSync(path, 'r');
    const output = new BatchedOutput(fd);
    const line = `${'é'.repeat(50)}\n`;
    output.write('first\n');
    output.flushSync();
    for (let lines = 0; lines < 30_000; lines++) {
      output.write(line);
    }
    output.flushSync();
    output.write('lost\n');
    closeSync(fd);
    // The system gives the lowest free number, so the output has this file now.
    expect(openSync(path, 'w')).toBe(fd);
    output.flushSync();
    output.write('last\n');
    output.flushSync();
    const written = readFileSync(path, 'utf8').split('\n');
    expect(new Set(written)).toEqual(new Set(['first', 'é'.repeat(50), 'last', '']));
    expect([written[0], written.at(-2)]).toEqual(['first', 'last']);
    expect(written.length).toBeGreaterThan(15_000);
    expect(written.length).toBeLessThan(30_000);
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
});
