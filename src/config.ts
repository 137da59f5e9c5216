import { createPublicKey, type KeyObject } from 'node:crypto';
import { ConfigError, type Environment, EnvironmentReader } from './environment.js';
import { type LogLevel, logLevels } from './logger.js';
import { Secret } from './secret.js';

export { ConfigError, type Environment, Secret };

/** Where the keys that sign the callers' access tokens come from. */
export type AuthKeys =
  | { readonly kind: 'jwks'; readonly url: URL }
  | { readonly kind: 'publicKey'; readonly key: KeyObject }
  | { readonly kind: 'secret'; readonly secret: Secret };

/** The names of the claims that say who the caller is. */
export interface ClaimNames {
  readonly ownerId: string;
  readonly ownerName: string;
  readonly username: string;
}

export interface AuthConfig {
  readonly keys: AuthKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly claims: ClaimNames;
}

export interface SessionConfig {
  readonly expiresInSeconds: number;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** Whether `authLinkUrl` may be given to a browser. */
  readonly allowAuthLinks: boolean;
}

export interface StackOneConfig {
  readonly apiKey: Secret;
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

export interface QuotaConfig {
  /** Sessions that one owner may start in a minute. */
  readonly perOwnerPerMinute: number;
  /** Calls to StackOne in a minute, of this process or of all that share a Redis. */
  readonly totalPerMinute: number;
  /** Without it each process counts for itself. A URL of Redis holds its password. */
  readonly redisUrl: Secret | undefined;
}

export interface HttpConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where Prometheus reads; absent: nowhere. */
  readonly metricsPort: number | undefined;
  /** Other origins whose pages may call. Empty: the same origin only. */
  readonly corsOrigins: readonly string[];
  readonly playground: boolean;
}

/** What serving the schema takes, in whatever server it is mounted. */
export interface ConnectConfig {
  readonly production: boolean;
  readonly introspection: boolean;
  readonly session: SessionConfig;
  readonly quota: QuotaConfig;
  readonly logLevel: LogLevel;
  readonly stackone: StackOneConfig;
}

/** Everything the server needs to know, parsed and frozen. */
export interface Config extends ConnectConfig {
  readonly mode: 'live';
  readonly http: HttpConfig;
  readonly auth: AuthConfig;
}

/** Without a StackOne key: the emulator and the demo's identity provider fill in the rest. */
export interface DemoConfig extends Omit<Config, 'mode' | 'stackone' | 'auth'> {
  readonly mode: 'demo';
  readonly emulatorPort: number;
}

/** Every variable that is read. `docs/configuration.md` has a row for each, and a test holds the two together. */
export const variableNames = [
  'NODE_ENV',
  'STACKONE_API_KEY',
  'STACKONE_API_KEY_FILE',
  'STACKONE_BASE_URL',
  'SESSION_EXPIRES_IN_SECONDS',
  'SESSION_METADATA',
  'ALLOW_AUTH_LINKS',
  'AUTH_JWKS_URL',
  'AUTH_PUBLIC_KEY',
  'AUTH_PUBLIC_KEY_FILE',
  'AUTH_SECRET',
  'AUTH_SECRET_FILE',
  'AUTH_ISSUER',
  'AUTH_AUDIENCE',
  'OWNER_ID_CLAIM',
  'OWNER_NAME_CLAIM',
  'USERNAME_CLAIM',
  'HOST',
  'PORT',
  'METRICS_PORT',
  'CORS_ORIGINS',
  'RATE_LIMIT_PER_OWNER_PER_MINUTE',
  'RATE_LIMIT_TOTAL_PER_MINUTE',
  'REDIS_URL',
  'INTROSPECTION',
  'PLAYGROUND',
  'LOG_LEVEL',
  'EMULATOR_PORT',
] as const;
export type VariableName = (typeof variableNames)[number];
export type Reader = EnvironmentReader<VariableName>;

/** What only a server with a StackOne key reads: set in demo mode, it is a mistake that must not go unseen. */
const liveOnlyVariables: readonly VariableName[] = variableNames.filter(
  (name) => name === 'STACKONE_BASE_URL' || name.startsWith('AUTH_') || name.endsWith('_CLAIM'),
);

/**
 * Parses the environment.
 * @returns a frozen configuration; `mode` is `demo` when there is no StackOne key.
 * @throws ConfigError that lists every problem.
 */
export function loadConfig(env: Environment): Config | DemoConfig {
  const reader: Reader = new EnvironmentReader(env);
  const production = env['NODE_ENV'] === 'production';
  const common = { http: loadHttp(reader, production), ...loadCommon(reader, production) };
  const config =
    reader.has('STACKONE_API_KEY') || reader.has('STACKONE_API_KEY_FILE')
      ? loadLive(reader, common)
      : loadDemo(reader, common);
  if (config === undefined || reader.problems.length > 0) {
    throw new ConfigError(reader.problems);
  }
  return deepFreeze(config);
}

/** In production no secret travels in the clear. */
function schemesIn(production: boolean): readonly string[] {
  return production ? ['https'] : ['http', 'https'];
}

type CommonConfig = Omit<ConnectConfig, 'stackone'>;
type ServerConfig = CommonConfig & Pick<Config, 'http'>;

export function loadCommon(reader: Reader, production: boolean): CommonConfig {
  return {
    production,
    introspection: reader.flag('INTROSPECTION') ?? !production,
    session: {
      expiresInSeconds:
        reader.wholeNumber('SESSION_EXPIRES_IN_SECONDS', 'a whole number of seconds', 60, 86_400) ?? 1800,
      metadata: reader.jsonObject('SESSION_METADATA'),
      allowAuthLinks: reader.flag('ALLOW_AUTH_LINKS') ?? false,
    },
    quota: {
      perOwnerPerMinute:
        reader.wholeNumber('RATE_LIMIT_PER_OWNER_PER_MINUTE', 'a whole number', 1, 1_000_000) ?? 30,
      totalPerMinute:
        reader.wholeNumber('RATE_LIMIT_TOTAL_PER_MINUTE', 'a whole number', 1, 1_000_000) ?? 900,
      redisUrl: readRedisUrl(reader),
    },
    logLevel: reader.oneOf('LOG_LEVEL', logLevels) ?? 'info',
  };
}

function loadHttp(reader: Reader, production: boolean): HttpConfig {
  return {
    host: reader.text('HOST', 'a host name or an IP address', /^[A-Za-z0-9.:-]+$/) ?? '127.0.0.1',
    port: readPort(reader, 'PORT') ?? 4000,
    metricsPort: readPort(reader, 'METRICS_PORT'),
    corsOrigins: reader.origins('CORS_ORIGINS') ?? [],
    playground: reader.flag('PLAYGROUND') ?? !production,
  };
}

/** Unlike other URLs it may hold a password, and then is a secret. */
function readRedisUrl(reader: Reader): Secret | undefined {
  return reader.read('REDIS_URL', 'a URL with redis: or rediss:', (text) =>
    /^rediss?:\/\/\S+$/.test(text) && URL.canParse(text) ? new Secret(text) : undefined,
  );
}

function readPort(reader: Reader, name: VariableName): number | undefined {
  return reader.wholeNumber(name, 'a port number', 0, 65_535);
}

function loadDemo(reader: Reader, common: ServerConfig): DemoConfig {
  if (common.production) {
    reader.problems.push(
      'STACKONE_API_KEY (or STACKONE_API_KEY_FILE) is missing: production has no demo mode, give it your StackOne API key',
    );
  }
  for (const name of liveOnlyVariables.filter((name) => reader.has(name))) {
    reader.problems.push(
      `${name} is set but STACKONE_API_KEY is not: set the key too, or unset ${name} to start the demo`,
    );
  }
  return { ...common, mode: 'demo', emulatorPort: readPort(reader, 'EMULATOR_PORT') ?? 4010 };
}

function loadLive(reader: Reader, common: ServerConfig): Config | undefined {
  const stackone = loadStackOne(reader, common.production);
  const auth = loadAuth(reader, schemesIn(common.production));
  return stackone === undefined || auth === undefined
    ? undefined
    : { ...common, mode: 'live', stackone, auth };
}

export function loadStackOne(reader: Reader, production: boolean): StackOneConfig | undefined {
  const apiKey = reader.textOrFile('STACKONE_API_KEY', 'STACKONE_API_KEY_FILE');
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    reader.note('STACKONE_API_KEY', 'is not valid: it must be visible ASCII characters without spaces');
  }
  const url = reader.url('STACKONE_BASE_URL', schemesIn(production))?.href ?? 'https://api.stackone.com';
  return apiKey === undefined ? undefined : { apiKey: new Secret(apiKey), baseUrl: url.replace(/\/+$/, '') };
}

function loadAuth(reader: Reader, schemes: readonly string[]): AuthConfig | undefined {
  const keys = loadAuthKeys(reader, schemes);
  const issuer = reader.text('AUTH_ISSUER', 'text without spaces', /^\S+$/);
  const audience = reader.text('AUTH_AUDIENCE', 'text without spaces', /^\S+$/);
  const claims = {
    ownerId: readClaimName(reader, 'OWNER_ID_CLAIM') ?? 'org_id',
    ownerName: readClaimName(reader, 'OWNER_NAME_CLAIM') ?? 'org_name',
    username: readClaimName(reader, 'USERNAME_CLAIM') ?? 'email',
  };
  if (!reader.has('AUTH_ISSUER')) {
    reader.problems.push('AUTH_ISSUER is missing: give it the `iss` of your access tokens');
  }
  if (!reader.has('AUTH_AUDIENCE')) {
    reader.problems.push('AUTH_AUDIENCE is missing: give it the `aud` of your access tokens');
  }
  return keys === undefined || issuer === undefined || audience === undefined
    ? undefined
    : { keys, issuer, audience, claims };
}

function readClaimName(reader: Reader, name: VariableName): string | undefined {
  return reader.text(
    name,
    'the name of a claim: 1 to 128 visible characters without spaces',
    /^[\x21-\x7e]{1,128}$/,
  );
}

function loadAuthKeys(reader: Reader, schemes: readonly string[]): AuthKeys | undefined {
  const url = reader.url('AUTH_JWKS_URL', schemes);
  const pem = reader.textOrFile('AUTH_PUBLIC_KEY', 'AUTH_PUBLIC_KEY_FILE');
  const secret = reader.textOrFile('AUTH_SECRET', 'AUTH_SECRET_FILE');
  const sources = [
    reader.has('AUTH_JWKS_URL'),
    reader.has('AUTH_PUBLIC_KEY') || reader.has('AUTH_PUBLIC_KEY_FILE'),
    reader.has('AUTH_SECRET') || reader.has('AUTH_SECRET_FILE'),
  ].filter(Boolean).length;
  if (sources !== 1) {
    reader.problems.push(
      `${sources === 0 ? 'None' : 'More than one'} of AUTH_JWKS_URL, AUTH_PUBLIC_KEY and AUTH_SECRET is set: set exactly one`,
    );
    return undefined;
  }
  if (url !== undefined) {
    return { kind: 'jwks', url };
  }
  if (pem !== undefined) {
    const key = parsePublicKey(pem);
    if (key === undefined) {
      reader.problems.push(
        'AUTH_PUBLIC_KEY is not valid: it must be a public key in PEM form (RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519)',
      );
    }
    return key && { kind: 'publicKey', key };
  }
  if (secret !== undefined && Buffer.byteLength(secret) < 32) {
    reader.problems.push('AUTH_SECRET is too short: it must have at least 32 bytes');
  }
  return secret === undefined ? undefined : { kind: 'secret', secret: new Secret(secret) };
}

/** Environments often carry a PEM in one line, with `\n` written out. A private key is refused. */
function parsePublicKey(text: string): KeyObject | undefined {
  const pem = text.trim();
  if (!/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) {
    return undefined;
  }
  try {
    const key = createPublicKey(pem.replaceAll('\\n', '\n'));
    return canVerifyTokens(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

function canVerifyTokens({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  return (
    type === 'ed25519' ||
    (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) ||
    (type === 'ec' && /^(prime256v1|secp384r1|secp521r1)$/.test(details?.namedCurve ?? ''))
  );
}

/** Plain objects and arrays only: a key, a URL or a secret inside is left as it is. */
export function deepFreeze<T>(value: T): T {
  if (
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  ) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
