import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../src/config/config-error.js';
import { loadConfig } from '../../src/config/from-environment.js';
import { loadOptions } from '../../src/config/from-options.js';
import { listSettings } from '../../src/config/setting-list.js';
import { createLogger } from '../../src/observability/logger.js';

const optionNames = listSettings()
  .filter(({ isEmbedded }) => isEmbedded)
  .map(({ option }) => option);
const getOwner = () => null;
const good = { apiKey: 'canary-api-key', getOwner };

/** As from JavaScript, which may give anything. */
function load(settings: object) {
  return loadOptions(Object.assign({}, good, settings));
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

describe('The options of startConnect', () => {
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

  it('must be an object: without them, the error says what to pass', () => {
    // As from JavaScript, which can leave out an argument.
    const loadNothing = () => Reflect.apply(loadOptions, undefined, []);
    expect(loadNothing).toThrow(new ConfigError(['the options are missing: pass an object with apiKey and getOwner']));
  });

  it('are used unchanged', () => {
    const settings = {
      baseUrl: 'http://127.0.0.1:4010/',
      production: false,
      sessionExpiresInSeconds: 60,
      sessionMetadata: { plan: { seats: 3 } },
      allowAuthLinks: true,
      rateLimitPerOwnerPerMinute: 1,
      rateLimitTotalPerMinute: 2,
      redisUrl: 'redis://user:canary@127.0.0.1',
      httpsProxy: 'http://user:canary@proxy.example',
      noProxy: ['internal.example'],
      logLevel: 'warn',
    };
    const { apiKey, redisUrl, httpsProxy, ...rest } = load(settings);
    const { redisUrl: _, httpsProxy: __, ...expected } = settings;
    expect(rest).toEqual({
      ...expected,
      baseUrl: 'http://127.0.0.1:4010',
      introspection: true,
      subgraph: false,
      sweepIntervalSeconds: 300,
      trustedDocumentsOnly: false,
    });
    expect([redisUrl?.reveal(), httpsProxy?.reveal()]).toEqual([settings.redisUrl, settings.httpsProxy]);
    expect(inspect(load(settings), { depth: 9 })).not.toContain('canary');
  });

  it('are copied and frozen, so that later changes have no effect', () => {
    const sessionMetadata = { plan: { seats: 3 } };
    const loaded = load({ sessionMetadata }).sessionMetadata;
    sessionMetadata.plan.seats = 4;
    expect(loaded).toEqual({ plan: { seats: 3 } });
    expect(Object.isFrozen(loaded?.['plan'])).toBe(true);
  });

  it.each<[string, unknown]>([
    ['apiKey', 'canary key'],
    ['apiKey', ''],
    ['apiKey', '"canary"'],
    ['webhookSecret', "'canary-secret'"],
    ['baseUrl', 'http://canary.example'],
    ['baseUrl', 'canary'],
    ['production', 'canary'],
    ['sessionExpiresInSeconds', 59],
    ['sessionExpiresInSeconds', '1800'],
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
    ['httpsProxy', 'canary.example:3128'],
    ['noProxy', 'canary.example'],
    ['trustedDocumentsFile', 'canary'],
    ['trustedDocumentsOnly', 'canary'],
    ['introspection', 'yes'],
    ['subgraph', 'yes'],
    ['logLevel', 'canary'],
    ['logLevel', Symbol('canary')],
    ['logger', {}],
    ['logger', () => 'canary'],
    ['logger', { ...createLogger('silent'), warn: 'canary' }],
    ['getOwner', undefined],
    ['getOwner', { canary: true }],
    ['getowner', () => null],
    ['onAudit', 'canary'],
    ['onAudit', { canary: true }],
    ['onAccountChange', 'canary'],
    ['formatError', 'canary'],
    ['sessionLifetime', 'canary'],
    ['toString', 'canary'],
  ])('are rejected by name, as the only problem and without quoting the value: %s: %p', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name} (is|must)`)]);
  });

  it('name the option that was meant, or all options', () => {
    expect(problemsOf({ apikey: 'canary', GetOwner: 1, organization: 1 })).toEqual([
      'apikey is an unknown option. Write apiKey',
      'GetOwner is an unknown option. Write getOwner',
      expect.stringMatching(
        /^organization is an unknown option\. Options: getOwner, onAccountChange, onAudit, formatError, logger, apiKey, /,
      ),
    ]);
    expect(problemsOf({ getOwner: Promise.resolve(null) })).toEqual([
      'getOwner is not valid: it must be a function that returns the owner of a request',
    ]);
    expect(problemsOf({ apiKey: '"canary"' })).toEqual([expect.stringMatching(/without quotes around it$/)]);
  });

  it('are rejected all at once', () => {
    const wrong = optionNames.map((name) => [name, 'canary canary']);
    const problems = problemsOf({ ...Object.fromEntries(wrong), getOwner: undefined, unknownSetting: 1 });
    const named = [...optionNames, 'getOwner'].filter((name) => {
      return problems.some((problem) => problem.startsWith(`${name} `));
    });
    expect(named).toEqual([...optionNames, 'getOwner']);
    expect(problems).toHaveLength(named.length + 1);
  });

  it('require a key, and allow either a logger or a log level', () => {
    expect(problemsOf({ apiKey: undefined })).toEqual([
      expect.stringMatching(/^apiKey is missing: set it to your StackOne API key/),
    ]);
    expect(problemsOf({ logger: createLogger('silent'), logLevel: 'info' })).toEqual([
      'logger and logLevel are both set: keep one of them',
    ]);
  });
});
