import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../../src/config.js';
import { loadConnectConfig, settingVariables } from '../../src/connect-settings.js';
import { createLogger } from '../../src/logger.js';

const getOwner = () => null;
const validSettings = { apiKey: 'canary-api-key', getOwner };

/** Passes any value, as a JavaScript caller can. */
function load(settings: object) {
  return loadConnectConfig(Object.assign({}, validSettings, settings));
}

function problemsOf(settings: object): readonly string[] {
  try {
    load(settings);
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
    return error.problems;
  }
  throw new Error('The settings were accepted');
}

describe('loadConnectConfig', () => {
  it('has the defaults of loadConfig in production', () => {
    const environment = loadConfig({
      NODE_ENV: 'production',
      STACKONE_API_KEY: 'canary-api-key',
      AUTH_SECRET: 'canary-secret-of-more-than-32-bytes',
      AUTH_ISSUER: 'i',
      AUTH_AUDIENCE: 'a',
    });
    expect(environment).toMatchObject(load({}));
  });

  it('accepts typed values and the text form of the variables', () => {
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

  it('copies and freezes the settings', () => {
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
  ])(
    'reports the invalid setting by its name as the only problem and does not quote it: %s: %p',
    (name, value) => {
      expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name} (is|must)`)]);
    },
  );

  it('reports all invalid settings together', () => {
    const invalid = Object.keys(settingVariables).map((name) => [name, 'canary canary']);
    const problems = problemsOf({ ...Object.fromEntries(invalid), getOwner: undefined, unknownSetting: 1 });
    const named = [...Object.keys(settingVariables), 'getOwner'].filter((name) => {
      return problems.some((problem) => problem.startsWith(`${name} `));
    });
    expect(named).toEqual([...Object.keys(settingVariables), 'getOwner']);
    expect(problems).toHaveLength(named.length + 1);
  });

  it('requires apiKey, and rejects logger together with logLevel', () => {
    expect(problemsOf({ apiKey: undefined })).toEqual(['apiKey is missing: give it your StackOne API key']);
    expect(problemsOf({ logger: createLogger('silent'), logLevel: 'info' })).toEqual([
      'logger and logLevel are both set: keep one of them',
    ]);
  });
});
