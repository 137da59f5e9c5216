import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../../src/config.js';
import { loadConnectConfig, settingVariables } from '../../src/connect-settings.js';
import { createLogger } from '../../src/logger.js';

const getOwner = () => null;
const good = { apiKey: 'canary-api-key', getOwner };

/** As from JavaScript, which may give anything. */
function load(settings: object) {
  return loadConnectConfig(Object.assign({}, good, settings));
}

function problemsOf(settings: object): readonly string[] {
  try {
    load(settings);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
    return error.problems;
  }
  throw new Error('these settings were accepted');
}

describe('Settings in code', () => {
  it('have the defaults of the environment in production', () => {
    const environment = loadConfig({
      NODE_ENV: 'production',
      STACKONE_API_KEY: 'canary-api-key',
      AUTH_SECRET: 'canary-secret-of-more-than-32-bytes',
      AUTH_ISSUER: 'i',
      AUTH_AUDIENCE: 'a',
    });
    expect(environment).toMatchObject(load({}));
  });

  it('are taken as they are, or as the text of their variable', () => {
    const expected = {
      production: false,
      introspection: true,
      session: { expiresInSeconds: 60, metadata: { plan: { seats: 3 } }, allowAuthLinks: true },
      quota: { perOwnerPerMinute: 1, totalPerMinute: 2, redisUrl: expect.anything() },
      logLevel: 'warn',
      stackone: { baseUrl: 'http://127.0.0.1:4010' },
    };
    const settings = {
      baseUrl: 'http://127.0.0.1:4010/',
      production: false,
      sessionExpiresInSeconds: 60,
      sessionMetadata: { plan: { seats: 3 } },
      allowAuthLinks: true,
      rateLimitPerOwnerPerMinute: 1,
      rateLimitTotalPerMinute: 2,
      redisUrl: 'redis://user:canary@127.0.0.1',
      logLevel: 'warn',
    };
    const texts = Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
    expect(load(settings)).toMatchObject(expected);
    expect(load(Object.fromEntries(texts))).toMatchObject(expected);
    expect(inspect(load(settings), { depth: 9 })).not.toContain('canary');
  });

  it('are copied and frozen, so that nothing changes them later', () => {
    const sessionMetadata = { plan: { seats: 3 } };
    const { session } = load({ sessionMetadata });
    sessionMetadata.plan.seats = 4;
    expect(session.metadata).toEqual({ plan: { seats: 3 } });
    expect(Object.isFrozen(session.metadata?.['plan'])).toBe(true);
  });

  it.each<[string, unknown]>([
    ['apiKey', 'canary key'],
    ['apiKey', ''],
    ['baseUrl', 'http://canary.example'],
    ['baseUrl', 'canary'],
    ['production', 'canary'],
    ['sessionExpiresInSeconds', 59],
    ['sessionExpiresInSeconds', 86_401],
    ['sessionExpiresInSeconds', 1800.5],
    ['sessionExpiresInSeconds', Number.NaN],
    ['sessionMetadata', ['canary']],
    ['sessionMetadata', null],
    ['sessionMetadata', { canary: 1n }],
    ['sessionMetadata', () => 'canary'],
    ['allowAuthLinks', 1],
    ['rateLimitPerOwnerPerMinute', 0],
    ['rateLimitTotalPerMinute', Number.POSITIVE_INFINITY],
    ['redisUrl', 'https://canary'],
    ['introspection', 'yes'],
    ['logLevel', 'canary'],
    ['logLevel', Symbol('canary')],
    ['logger', {}],
    ['logger', () => 'canary'],
    ['logger', { ...createLogger('silent'), warn: 'canary' }],
    ['getOwner', undefined],
    ['getOwner', { canary: true }],
    ['sessionLifetime', 'canary'],
    ['toString', 'canary'],
  ])('are refused by their own name, as the only problem and without quoting it: %s: %p', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name} (is|must)`)]);
  });

  it('are refused all at once', () => {
    const wrong = Object.keys(settingVariables).map((name) => [name, 'canary canary']);
    const problems = problemsOf({ ...Object.fromEntries(wrong), getOwner: undefined, unknownSetting: 1 });
    const named = [...Object.keys(settingVariables), 'getOwner'].filter((name) => {
      return problems.some((problem) => problem.startsWith(`${name} `));
    });
    expect(named).toEqual([...Object.keys(settingVariables), 'getOwner']);
    expect(problems).toHaveLength(named.length + 1);
  });

  it('need a key, and a logger or its level but not both', () => {
    expect(problemsOf({ apiKey: undefined })).toEqual(['apiKey is missing: give it your StackOne API key']);
    expect(problemsOf({ logger: createLogger('silent'), logLevel: 'info' })).toEqual([
      'logger and logLevel are both set: keep one of them',
    ]);
  });
});
