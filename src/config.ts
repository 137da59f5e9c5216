import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { z } from 'zod';
import { type LogLevel, logLevels } from './logger.js';

/** A secret that prints as `[redacted]` however it is printed. `reveal()` is the one way to its value. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[redacted]';
  }
  toJSON(): string {
    return '[redacted]';
  }
  [inspect.custom](): string {
    return '[redacted]';
  }
}

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

export interface HttpConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Other origins whose pages may call. Empty: the same origin only. */
  readonly corsOrigins: readonly string[];
  readonly introspection: boolean;
  readonly playground: boolean;
}

interface CommonConfig {
  readonly production: boolean;
  readonly session: SessionConfig;
  readonly http: HttpConfig;
  readonly logLevel: LogLevel;
}

/** Everything the server needs to know, parsed and frozen. */
export interface Config extends CommonConfig {
  readonly mode: 'live';
  readonly stackone: StackOneConfig;
  readonly auth: AuthConfig;
}

/** Without a StackOne key: the emulator and the demo's identity provider fill in the rest. */
export interface DemoConfig extends CommonConfig {
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
  'CORS_ORIGINS',
  'INTROSPECTION',
  'PLAYGROUND',
  'LOG_LEVEL',
  'EMULATOR_PORT',
] as const;
type VariableName = (typeof variableNames)[number];

/** What only a server with a StackOne key reads: set in demo mode, it is a mistake that must not go unseen. */
const liveOnlyVariables: readonly VariableName[] = variableNames.filter(
  (name) => name === 'STACKONE_BASE_URL' || name.startsWith('AUTH_') || name.endsWith('_CLAIM'),
);

/** One error that lists every problem of the environment, each with what to do. Holds no value of it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const port = wholeNumber(0, 65_535);
const portExpected = 'must be a port number from 0 to 65535';
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const flagExpected = 'must be true or false';
const claimName = z.string().regex(/^[\x21-\x7e]{1,128}$/);
const claimExpected = 'must be the name of a claim: 1 to 128 visible characters without spaces';
const jsonObject = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.unknown()));
const origin = z
  .string()
  .trim()
  .refine((text) => /^https?:$/.test(parseUrl(text)?.protocol ?? '') && parseUrl(text)?.origin === text);

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** Reads variables one by one and collects what is wrong, so that all of it can be told at once. */
class EnvironmentReader {
  readonly problems: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  has(name: VariableName): boolean {
    return this.#env[name] !== undefined;
  }

  /** The parsed value, or `fallback` when the variable is absent or wrong (then a problem is noted). */
  read<T, F>(name: VariableName, schema: z.ZodType<T, string>, expected: string, fallback: F): T | F {
    const text = this.#env[name];
    if (text === undefined) {
      return fallback;
    }
    const parsed = text.trim() === '' ? undefined : schema.safeParse(text);
    if (parsed?.success) {
      return parsed.data;
    }
    this.problems.push(
      parsed === undefined
        ? `${name} is set but empty: give it a value or unset it`
        : `${name} is not valid: it ${expected}`,
    );
    return fallback;
  }

  /** The value of a variable or of the file that `<name>_FILE` points to, without the newline at its end. */
  readOrFile(name: VariableName, fileName: VariableName): string | undefined {
    if (this.has(name) && this.has(fileName)) {
      this.problems.push(`${name} and ${fileName} are both set: keep one of them`);
      return undefined;
    }
    const path = this.read(fileName, z.string(), 'must be a path', undefined);
    if (path === undefined) {
      return this.read(name, z.string(), 'must be text', undefined);
    }
    try {
      const text = readFileSync(path, 'utf8').trim();
      if (text !== '') {
        return text;
      }
      this.problems.push(`${fileName} points to an empty file`);
    } catch {
      this.problems.push(`${fileName} points to a file that cannot be read`);
    }
    return undefined;
  }
}

/**
 * Parses the environment.
 * @returns a frozen configuration; `mode` is `demo` when there is no StackOne key.
 * @throws ConfigError that lists every problem.
 */
export function loadConfig(env: Environment): Config | DemoConfig {
  const reader = new EnvironmentReader(env);
  const production = env['NODE_ENV'] === 'production';
  const common = loadCommon(reader, production);
  const config =
    reader.has('STACKONE_API_KEY') || reader.has('STACKONE_API_KEY_FILE')
      ? loadLive(reader, common)
      : loadDemo(reader, common);
  if (config === undefined || reader.problems.length > 0) {
    throw new ConfigError(reader.problems);
  }
  return deepFreeze(config);
}

function loadCommon(reader: EnvironmentReader, production: boolean): CommonConfig {
  return {
    production,
    session: {
      expiresInSeconds: reader.read(
        'SESSION_EXPIRES_IN_SECONDS',
        wholeNumber(60, 86_400),
        'must be a whole number of seconds from 60 to 86400',
        1800,
      ),
      metadata: reader.read('SESSION_METADATA', jsonObject, 'must be a JSON object', undefined),
      allowAuthLinks: reader.read('ALLOW_AUTH_LINKS', flag, flagExpected, false),
    },
    http: {
      host: reader.read(
        'HOST',
        z.string().regex(/^[A-Za-z0-9.:-]+$/),
        'must be a host name or an IP address',
        '127.0.0.1',
      ),
      port: reader.read('PORT', port, portExpected, 4000),
      corsOrigins: reader.read(
        'CORS_ORIGINS',
        z
          .string()
          .transform((text) => text.split(','))
          .pipe(z.array(origin)),
        'must be origins with commas between them, such as https://app.example.com (no path, no *)',
        [],
      ),
      introspection: reader.read('INTROSPECTION', flag, flagExpected, !production),
      playground: reader.read('PLAYGROUND', flag, flagExpected, !production),
    },
    logLevel: reader.read('LOG_LEVEL', z.enum(logLevels), `must be one of ${logLevels.join(', ')}`, 'info'),
  };
}

function loadDemo(reader: EnvironmentReader, common: CommonConfig): DemoConfig {
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
  return { ...common, mode: 'demo', emulatorPort: reader.read('EMULATOR_PORT', port, portExpected, 4010) };
}

function loadLive(reader: EnvironmentReader, common: CommonConfig): Config | undefined {
  const apiKey = reader.readOrFile('STACKONE_API_KEY', 'STACKONE_API_KEY_FILE');
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    reader.problems.push('STACKONE_API_KEY is not valid: it must be visible ASCII characters without spaces');
  }
  const baseUrl = readUrl(reader, 'STACKONE_BASE_URL', common.production);
  const auth = loadAuth(reader, common.production);
  if (apiKey === undefined || auth === undefined) {
    return undefined;
  }
  return {
    ...common,
    mode: 'live',
    stackone: {
      apiKey: new Secret(apiKey),
      baseUrl: baseUrl?.href.replace(/\/+$/, '') ?? 'https://api.stackone.com',
    },
    auth,
  };
}

/** A URL without credentials, query or fragment; https only in production, so that no secret travels in the clear. */
function readUrl(reader: EnvironmentReader, name: VariableName, production: boolean): URL | undefined {
  const schemes = production ? ['https:'] : ['https:', 'http:'];
  const schema = z
    .string()
    .transform(parseUrl)
    .refine((url) => url !== undefined && schemes.includes(url.protocol))
    .refine((url) => url?.username === '' && url.password === '' && url.search === '' && url.hash === '');
  const expected = `must be an ${production ? 'https' : 'http or https'} URL without credentials, query or fragment`;
  return reader.read(name, schema, expected, undefined);
}

function loadAuth(reader: EnvironmentReader, production: boolean): AuthConfig | undefined {
  const keys = loadAuthKeys(reader, production);
  const text = z.string();
  const issuer = reader.read('AUTH_ISSUER', text, 'must be text', undefined);
  const audience = reader.read('AUTH_AUDIENCE', text, 'must be text', undefined);
  const claims = {
    ownerId: reader.read('OWNER_ID_CLAIM', claimName, claimExpected, 'org_id'),
    ownerName: reader.read('OWNER_NAME_CLAIM', claimName, claimExpected, 'org_name'),
    username: reader.read('USERNAME_CLAIM', claimName, claimExpected, 'email'),
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

function loadAuthKeys(reader: EnvironmentReader, production: boolean): AuthKeys | undefined {
  const url = readUrl(reader, 'AUTH_JWKS_URL', production);
  const pem = reader.readOrFile('AUTH_PUBLIC_KEY', 'AUTH_PUBLIC_KEY_FILE');
  const secret = reader.readOrFile('AUTH_SECRET', 'AUTH_SECRET_FILE');
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
        'AUTH_PUBLIC_KEY is not valid: it must be a public key in PEM form (RSA of at least 2048 bits, EC or Ed25519)',
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
function parsePublicKey(pem: string): KeyObject | undefined {
  if (!/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) {
    return undefined;
  }
  try {
    const key = createPublicKey(pem.replaceAll('\\n', '\n'));
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    const usable =
      key.asymmetricKeyType === 'rsa' ? bits >= 2048 : /^(ec|ed25519)$/.test(key.asymmetricKeyType ?? '');
    return usable ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Plain objects and arrays only: a key, a URL or a secret inside is left as it is. */
function deepFreeze<T>(value: T): T {
  if (
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  ) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
