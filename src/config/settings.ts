import { z } from 'zod';
import { createAuthSettings } from './auth-settings.js';
import { createServerSettings } from './server-settings.js';
import {
  developmentFlag,
  environmentText,
  flag,
  isProxyUrl,
  isRedisUrl,
  perMinute,
  seconds,
  secret,
  serviceUrl,
  setting,
  toJson,
  toProduction,
} from './setting.js';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Every setting: name, type, range, default and description. The environment (`from-environment`) and the options of
 * `startConnect` (`from-options`) are two adapters over this one table; the tables in `docs/` are generated from it.
 * @param production some defaults and checks are stricter in production
 */
export function createSettings(production: boolean) {
  const url = serviceUrl(production, { mayHaveQuery: false });
  const embedded = {
    apiKey: setting(
      secret((text) => /^[\x21-\x7e]+$/.test(text)),
      'STACKONE_API_KEY',
      'API key of your StackOne project: visible ASCII characters without spaces. Required.',
      'your StackOne API key: visible ASCII characters without spaces, and without quotes around it',
      { canBeFile: true },
    ),
    baseUrl: setting(
      url.schema.transform((text) => new URL(text).href.replace(/\/+$/, '')).default('https://api.stackone.com'),
      'STACKONE_BASE_URL',
      'URL of the StackOne API, without credentials, query or fragment. Must use HTTPS in production.',
      ...url.texts,
    ),
    production: flag(
      'NODE_ENV',
      true,
      '`production` turns introspection and the playground off by default, hides schema details in error messages, and requires HTTPS for the URLs of StackOne, of the JWKS and of `EVENTS_URL`. Values: `production`, `development`, `test`. In code, the option is `true` or `false`.',
      {
        defaultText: '`development` (in code: `true`)',
        expectedText: environmentText,
        fromText: toProduction,
      },
    ),
    sessionExpiresInSeconds: seconds(
      'SESSION_EXPIRES_IN_SECONDS',
      60,
      86_400,
      1800,
      'Lifetime of a connect session in seconds, 60–86,400.',
    ),
    sessionMetadata: setting(
      z.record(z.string(), z.json()).optional(),
      'SESSION_METADATA',
      'JSON object that is sent to StackOne as the metadata of each session.',
      'a JSON object',
      { fromText: toJson },
    ),
    allowAuthLinks: flag(
      'ALLOW_AUTH_LINKS',
      false,
      '`true` lets clients read `authLinkUrl`, the URL of a page with the Hub that StackOne hosts. The URL is a secret, like the token.',
    ),
    rateLimitPerOwnerPerMinute: perMinute(
      'RATE_LIMIT_PER_OWNER_PER_MINUTE',
      30,
      'Connect sessions that one owner can create per minute, 1–1,000,000. The server counts in windows of 20 seconds and allows a third of the limit in each. Each request to StackOne that reads accounts counts as a tenth of a session.',
    ),
    rateLimitTotalPerMinute: perMinute(
      'RATE_LIMIT_TOTAL_PER_MINUTE',
      900,
      'Requests to StackOne per minute for all owners, 1–1,000,000. StackOne allows 1000 per API key.',
    ),
    redisUrl: setting(
      secret(isRedisUrl).optional(),
      'REDIS_URL',
      'URL of a Redis server (`redis:` or `rediss:`). All instances share their rate limits and account events through it. Without it, each instance counts only its own requests, and sends account events only to its own event streams.',
      'a URL that begins with redis: or rediss:, such as redis://:password@host:6379/0, with special characters percent-encoded',
    ),
    webhookSecret: setting(
      secret((text) => /^[\x21-\x7e]{8,}$/.test(text)).optional(),
      'STACKONE_WEBHOOK_SECRET',
      'Secret of the webhook that you registered in StackOne. The server verifies the webhooks at `POST /webhooks/stackone` with it. Without it, webhooks are off.',
      'the secret of your StackOne webhook: at least 8 visible ASCII characters, without quotes around it',
      { canBeFile: true, defaultText: 'webhooks are off' },
    ),
    webhookSecretPrevious: setting(
      secret((text) => /^[\x21-\x7e]{8,}$/.test(text)).optional(),
      'STACKONE_WEBHOOK_SECRET_PREVIOUS',
      'The secret before the last rotation. Webhooks that are signed with it are accepted too.',
      'the previous secret of your StackOne webhook: at least 8 visible ASCII characters, without quotes around it',
      { canBeFile: true },
    ),
    sweepIntervalSeconds: seconds(
      'SWEEP_INTERVAL_SECONDS',
      60,
      86_400,
      300,
      'Interval in seconds, 60–86,400, in which the server searches for accounts that broke or recovered. The search uses at most a twentieth of the total rate limit.',
    ),
    httpsProxy: setting(
      secret(isProxyUrl).optional(),
      'HTTPS_PROXY',
      'URL of the proxy for requests to StackOne and to `AUTH_JWKS_URL`, such as `http://proxy.example:3128`. A user name and a password can be part of it. Without this variable, `https_proxy`, `HTTP_PROXY` or `http_proxy` is used. In code, no environment variable is read.',
      'an http or https URL of a proxy, such as http://proxy.example:3128',
      { otherVariables: ['https_proxy', 'HTTP_PROXY', 'http_proxy'], defaultText: 'no proxy' },
    ),
    noProxy: setting(
      z.array(z.string()).default([]),
      'NO_PROXY',
      'Comma-separated list of hosts that are reached without the proxy. An entry includes its subdomains and can have a port; `*` is every host. Without this variable, `no_proxy` is used. Loopback addresses never use the proxy.',
      'a list of host names',
      { otherVariables: ['no_proxy'], fromText: (text) => text.split(/[,\s]+/), defaultText: 'none' },
    ),
    trustedDocumentsFile: setting(
      z
        .string()
        .regex(/^\S.*\.json$/)
        .optional(),
      'TRUSTED_DOCUMENTS_FILE',
      'Path of a JSON file with trusted documents, in addition to those of the typed client. Its name must end with `.json`. The server reads it when it starts.',
      'the path of a file whose name ends with .json',
      { defaultText: 'only the typed client' },
    ),
    trustedDocumentsOnly: flag(
      'TRUSTED_DOCUMENTS_ONLY',
      false,
      '`true` refuses all documents that are not trusted with `UNTRUSTED_DOCUMENT`, before they are parsed.',
    ),
    introspection: developmentFlag(
      'INTROSPECTION',
      production,
      'Whether clients can read the schema by introspection: `true` or `false`.',
    ),
    subgraph: flag('SUBGRAPH', false, '`true` serves the schema as a subgraph of Apollo Federation 2.'),
    logLevel: setting(
      z.enum(logLevels).default('info'),
      'LOG_LEVEL',
      `Lowest level of log lines: ${logLevels.map((level) => `\`${level}\``).join(', ')}.`,
      `one of ${logLevels.join(', ')}`,
    ),
  };
  const standalone = {
    ...embedded,
    ...createAuthSettings(production),
    ...createServerSettings(production),
  };
  return { embedded: z.strictObject(embedded), standalone: z.strictObject(standalone) };
}

type Settings = ReturnType<typeof createSettings>;

/** The settings that serve the schema, in any server. Parsed and frozen. */
export type ConnectConfig = Readonly<z.output<Settings['embedded']>>;
/** What a host app sets in code. */
export type ConnectSettings = Readonly<
  Omit<z.input<Settings['embedded']>, 'apiKey'> & {
    /** Required. `undefined` is allowed in the type, so that an environment variable can be passed unchecked. */
    apiKey: string | undefined;
  }
>;
/** The settings of the standalone server. Parsed and frozen. */
export type Config = Readonly<z.output<Settings['standalone']>>;
