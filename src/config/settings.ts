import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parsePublicKey } from './public-key.js';
import { Secret } from './secret.js';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What documents, `--help` and error messages say about a setting. */
export interface SettingInfo {
  /** Name of the environment variable. */
  readonly variable: string;
  /** Whether `<variable>_FILE` can name a file with the value instead. */
  readonly canBeFile?: true;
  readonly description: string;
  /** Continues the sentence "it must be …". */
  readonly expected: string;
  /** The default in words, where the schema's own default says too little. */
  readonly defaultText?: string;
  /** How the text of the environment variable becomes a value. Default: unchanged. */
  readonly fromText?: (text: string) => unknown;
}

const settingInfo = z.registry<SettingInfo>();

function setting<Schema extends z.ZodType>(schema: Schema, info: SettingInfo): Schema {
  settingInfo.add(schema, info);
  return schema;
}

export function infoOf(schema: z.ZodType): SettingInfo {
  const info = settingInfo.get(schema);
  if (info === undefined) {
    throw new Error('This schema is not a setting.');
  }
  return info;
}

const toNumber = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : text);
const flags: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
const toFlag = (text: string) => flags.get(text) ?? text;
const toList = (text: string) => text.split(',').map((part) => part.trim());
function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const secretText = z.string().transform((text) => new Secret(text));
const wordPattern = /^\S+$/;

function port(info: Omit<SettingInfo, 'expected' | 'fromText'>) {
  return { expected: 'a port number from 0 to 65535', fromText: toNumber, ...info };
}

function claimName(variable: string, description: string): SettingInfo {
  return {
    variable,
    description,
    expected: 'the name of a claim: 1 to 128 visible characters without spaces',
  };
}
const claimNameSchema = z.string().regex(/^[\x21-\x7e]{1,128}$/);

function perMinute(variable: string, description: string): SettingInfo {
  return { variable, description, expected: 'a whole number from 1 to 1000000', fromText: toNumber };
}
const perMinuteSchema = z.int().min(1).max(1_000_000);

/** Without credentials, query and fragment. In production a secret must not travel over plain HTTP. */
function serviceUrl(production: boolean) {
  const schemes = production ? ['https:'] : ['http:', 'https:'];
  return z.string().refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return (
      url !== undefined &&
      schemes.includes(url.protocol) &&
      [url.username, url.password, url.search, url.hash].every((part) => part === '')
    );
  });
}

function serviceUrlText(production: boolean): string {
  return `an ${production ? 'https' : 'http or https'} URL without credentials, query or fragment`;
}

function isWebOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/**
 * Every setting: name, type, range, default and description. The environment (`from-environment`) and the options of
 * `startConnect` (`from-options`) are two adapters over this one table; the tables in `docs/` are generated from it.
 * @param production some defaults and checks are stricter in production
 */
export function createSettings(production: boolean) {
  const embedded = {
    apiKey: setting(
      z
        .string()
        .regex(/^[\x21-\x7e]+$/)
        .pipe(secretText),
      {
        variable: 'STACKONE_API_KEY',
        canBeFile: true,
        description: 'API key of your StackOne project. Required.',
        expected: 'your StackOne API key: visible ASCII characters without spaces',
      },
    ),
    baseUrl: setting(
      serviceUrl(production)
        .transform((text) => new URL(text).href.replace(/\/+$/, ''))
        .default('https://api.stackone.com'),
      {
        variable: 'STACKONE_BASE_URL',
        description: 'URL of the StackOne API. Must use https in production.',
        expected: serviceUrlText(production),
      },
    ),
    production: setting(z.boolean().default(true), {
      variable: 'NODE_ENV',
      description:
        '`production` turns introspection and the playground off by default and requires https for StackOne and JWKS URLs. The option `production` is true or false.',
      expected: 'true or false',
      defaultText: 'not production; for the option: `true`',
      fromText: (text) => text === 'production',
    }),
    sessionExpiresInSeconds: setting(z.int().min(60).max(86_400).default(1800), {
      variable: 'SESSION_EXPIRES_IN_SECONDS',
      description: 'Session lifetime in seconds, 60–86,400.',
      expected: 'a whole number of seconds from 60 to 86400',
      fromText: toNumber,
    }),
    sessionMetadata: setting(z.record(z.string(), z.json()).optional(), {
      variable: 'SESSION_METADATA',
      description: 'JSON object that is sent to StackOne as the metadata of each session.',
      expected: 'a JSON object',
      fromText: toJson,
    }),
    allowAuthLinks: setting(z.boolean().default(false), {
      variable: 'ALLOW_AUTH_LINKS',
      description:
        'Whether browsers can read `authLinkUrl`, the address of a page that StackOne hosts. Like the token it is a secret.',
      expected: 'true or false',
      fromText: toFlag,
    }),
    rateLimitPerOwnerPerMinute: setting(
      perMinuteSchema.default(30),
      perMinute(
        'RATE_LIMIT_PER_OWNER_PER_MINUTE',
        'Connect sessions that one owner can create per minute, 1–1,000,000. Reading accounts costs a tenth of a session.',
      ),
    ),
    rateLimitTotalPerMinute: setting(
      perMinuteSchema.default(900),
      perMinute(
        'RATE_LIMIT_TOTAL_PER_MINUTE',
        'Requests to StackOne per minute, for all owners together, 1–1,000,000. StackOne allows 1000 per key.',
      ),
    ),
    redisUrl: setting(
      z
        .string()
        .refine((text) => /^rediss?:\/\/\S+$/.test(text) && URL.canParse(text))
        .pipe(secretText)
        .optional(),
      {
        variable: 'REDIS_URL',
        description:
          'URL of a Redis server that counts the rate limits for all instances. Without it, each instance counts its own.',
        expected: 'a URL that begins with redis: or rediss:',
      },
    ),
    introspection: setting(z.boolean().default(!production), {
      variable: 'INTROSPECTION',
      description: 'Whether clients can query the schema by introspection.',
      expected: 'true or false',
      defaultText: '`true`; in production `false`',
      fromText: toFlag,
    }),
    logLevel: setting(z.enum(logLevels).default('info'), {
      variable: 'LOG_LEVEL',
      description: `Log level: ${logLevels.map((level) => `\`${level}\``).join(', ')}.`,
      expected: `one of ${logLevels.join(', ')}`,
    }),
  };
  const standalone = {
    ...embedded,
    authJwksUrl: setting(
      serviceUrl(production)
        .transform((text) => new URL(text))
        .optional(),
      {
        variable: 'AUTH_JWKS_URL',
        description:
          'URL of the public keys (JWKS) that verify access tokens. Set exactly one of `AUTH_JWKS_URL`, `AUTH_PUBLIC_KEY` and `AUTH_SECRET`. Must use https in production.',
        expected: serviceUrlText(production),
      },
    ),
    authPublicKey: setting(
      z
        .string()
        .transform((pem, context): KeyObject => {
          const key = parsePublicKey(pem);
          if (key === undefined) {
            context.addIssue('not a public key');
            return z.NEVER;
          }
          return key;
        })
        .optional(),
      {
        variable: 'AUTH_PUBLIC_KEY',
        canBeFile: true,
        description: 'Public key in PEM form that verifies access tokens. Line ends can be written as `\\n`.',
        expected: 'a public key in PEM form (RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519)',
      },
    ),
    authSecret: setting(
      z
        .string()
        .refine((text) => Buffer.byteLength(text) >= 32)
        .pipe(secretText)
        .optional(),
      {
        variable: 'AUTH_SECRET',
        canBeFile: true,
        description: 'Shared secret of at least 32 bytes that verifies access tokens (HS256, HS384, HS512).',
        expected: 'a secret of at least 32 bytes',
      },
    ),
    authIssuer: setting(z.string().regex(wordPattern), {
      variable: 'AUTH_ISSUER',
      description: 'The `iss` claim of your access tokens. Required.',
      expected: 'the `iss` claim of your access tokens, without spaces',
    }),
    authAudience: setting(z.string().regex(wordPattern), {
      variable: 'AUTH_AUDIENCE',
      description: 'The `aud` claim of your access tokens. Required.',
      expected: 'the `aud` claim of your access tokens, without spaces',
    }),
    ownerIdClaim: setting(
      claimNameSchema.default('org_id'),
      claimName(
        'OWNER_ID_CLAIM',
        'Claim with the owner id: 1 to 128 letters, digits and `. _ : @ | -`. A dotted name such as `o.id` reads a nested claim.',
      ),
    ),
    ownerNameClaim: setting(
      claimNameSchema.default('org_name'),
      claimName('OWNER_NAME_CLAIM', 'Claim with the owner name, 1 to 200 characters.'),
    ),
    usernameClaim: setting(
      claimNameSchema.default('email'),
      claimName('USERNAME_CLAIM', 'Claim with the name of the signed-in person. It is sent to StackOne.'),
    ),
    host: setting(
      z
        .string()
        .regex(/^[A-Za-z0-9.:-]+$/)
        .default('127.0.0.1'),
      {
        variable: 'HOST',
        description: 'Host name or IP address to listen on.',
        expected: 'a host name or an IP address',
      },
    ),
    port: setting(
      z.int().min(0).max(65_535).default(4000),
      port({ variable: 'PORT', description: 'Port to listen on. 0 takes any free port.' }),
    ),
    metricsPort: setting(
      z.int().min(0).max(65_535).optional(),
      port({
        variable: 'METRICS_PORT',
        description: 'Port for Prometheus metrics at `GET /metrics`.',
        defaultText: 'no metrics',
      }),
    ),
    corsOrigins: setting(z.array(z.string().refine(isWebOrigin)).default([]), {
      variable: 'CORS_ORIGINS',
      description: 'Comma-separated list of allowed CORS origins, such as `https://app.example.com`.',
      expected: 'a comma-separated list of origins such as https://app.example.com (no path, no *)',
      defaultText: 'same origin only',
      fromText: toList,
    }),
    playground: setting(z.boolean().default(!production), {
      variable: 'PLAYGROUND',
      description: 'Whether browsers get the GraphiQL playground at `GET /graphql`.',
      expected: 'true or false',
      defaultText: '`true`; in production `false`',
      fromText: toFlag,
    }),
  };
  return { embedded: z.strictObject(embedded), standalone: z.strictObject(standalone) };
}

type Settings = ReturnType<typeof createSettings>;

/** The settings that serve the schema, in any server. Parsed and frozen. */
export type ConnectConfig = Readonly<z.output<Settings['embedded']>>;
/** What a host app sets in code. */
export type ConnectSettings = Readonly<z.input<Settings['embedded']>>;
/** The settings of the standalone server. Parsed and frozen. */
export type Config = Readonly<z.output<Settings['standalone']>>;

/** One setting as documents show it. */
export interface SettingRow extends Pick<SettingInfo, 'variable' | 'description'> {
  readonly option: string;
  /** `<variable>_FILE`, where there is one. */
  readonly fileVariable: string | undefined;
  /** In Markdown; empty when there is none. */
  readonly defaultText: string;
  /** Whether `startConnect` has it too. */
  readonly isEmbedded: boolean;
}

/** For `--help` and the documents. */
export function listSettings(): SettingRow[] {
  const { embedded, standalone } = createSettings(false);
  return Object.entries<z.ZodType>(standalone.shape).map(([option, schema]) => {
    const { variable, canBeFile, description, defaultText } = infoOf(schema);
    const { data } = schema.safeParse(undefined);
    return {
      option,
      variable,
      fileVariable: canBeFile && `${variable}_FILE`,
      description,
      defaultText: defaultText ?? (data === undefined ? '' : `\`${data}\``),
      isEmbedded: option in embedded.shape,
    };
  });
}
