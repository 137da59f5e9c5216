import { describe, expect, it } from '@jest/globals';
import { createLoginAuthentication } from '../../src/auth/host-login.js';
import { createLogger } from '../../src/observability/logger.js';

const logger = createLogger('silent');
const failWith = (error: unknown, production: boolean) =>
  createLoginAuthentication(() => Promise.reject(error), { production }, logger)(null);

describe('An error of getOwner in the log', () => {
  it.each<[string, unknown, boolean, string]>([
    ['its name only, in production', new TypeError('session=secret'), true, 'getOwner threw TypeError'],
    [
      'its name and message, outside',
      new TypeError('no table users'),
      false,
      'getOwner threw TypeError: no table users',
    ],
    ['at most 500 characters of it', new Error('x'.repeat(501)), false, `getOwner threw Error: ${'x'.repeat(500)}`],
    ['nothing of a value that is no Error', 'secret', false, 'getOwner threw a value that is no Error'],
  ])('%s', async (_what, error, production, message) => {
    await expect(failWith(error, production)).rejects.toMatchObject({ code: 'AUTH_UNAVAILABLE', message });
  });
});
