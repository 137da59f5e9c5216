import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/observability/logger.js';

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
