import { describe, expect, it } from '@jest/globals';
import { createFormatError } from '../../src/graphql/format-error.js';
import { createLogger } from '../../src/observability/logger.js';
import { describeUnexpectedError, UsageError } from '../../src/observability/unexpected-error.js';

describe('In production the log of an unexpected error has its name and its place, and no part of its message', () => {
  it.each<[string, Error]>([
    ['one line', new TypeError('canary {"token":"canary"}')],
    ['several lines', new Error('first\ncanary\n    at canary (canary.js:1:1)')],
    ['a pattern', new Error('$& canary $1')],
    ['a parser, which quotes its input', parseError('canary')],
    ['a message that was changed later', Object.assign(new Error('harmless'), { message: 'canary' })],
    ['a message that was removed later', withoutMessage(new Error('canary'))],
  ])('%s', (_what, error) => {
    const description = describeUnexpectedError(error, true);
    expect(description.name).toBe(error.name);
    expect(description.stack).toMatch(/^ +at .*unexpected-error\.test\.ts/m);
    expect(JSON.stringify(description)).not.toContain('canary');
  });

  it('a thrown value that is no Error', () => {
    expect(JSON.stringify(describeUnexpectedError('canary', true))).not.toContain('canary');
  });
});

it('In production the log has the message of an error that says how to use the package', () => {
  expect(describeUnexpectedError(new UsageError('helpful'), true).stack).toContain('helpful');
});

it('In development the log has the message', () => {
  expect(describeUnexpectedError(new Error('helpful'), false).stack).toContain('helpful');
});

it.each([true, false])('An unexpected error of a resolver is logged so; production: %j', (production) => {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const response = createFormatError(logger, production)({ message: 'canary' }, new Error('canary'));
  expect(JSON.stringify(response)).not.toContain('canary');
  expect(lines.join('').includes('canary')).toBe(!production);
});

/** V8 writes the message into the stack at its first use. */
function withoutMessage(error: Error): Error {
  expect(error.stack).toContain(error.message);
  error.message = '';
  return error;
}

function parseError(text: string): Error {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof Error) {
      return error;
    }
  }
  throw new Error('The text is JSON.');
}
