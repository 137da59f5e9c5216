import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { Secret } from './secret.js';

/** What documents, `--help` and error messages say about a setting. */
export interface SettingInfo {
  /** Name of the environment variable. */
  readonly variable: string;
  readonly description: string;
  /** Continues the sentence "it must be …". */
  readonly expected: string;
  /** Other names of the variable, by convention. The first one that has a value counts. Empty values are ignored. */
  readonly otherVariables?: readonly string[];
  /** The same for the text of the variable, where that differs from the option. */
  readonly expectedText?: string;
  /** Whether the value is a PEM block, which ends with a line end. */
  readonly isPem?: true;
  /** Whether `<variable>_FILE` can name a file with the value instead. */
  readonly canBeFile?: true;
  /** The default in words, where the schema's own default says too little. */
  readonly defaultText?: string;
  /** How the text of the environment variable becomes a value. Default: unchanged. */
  readonly fromText?: (text: string) => unknown;
}

type Extras = Omit<SettingInfo, 'variable' | 'description' | 'expected'>;

const settingInfo = z.registry<SettingInfo>();

export function infoOf(schema: z.ZodType): SettingInfo {
  const info = settingInfo.get(schema);
  if (info === undefined) {
    throw new Error('This schema is not a setting.');
  }
  return info;
}

export function setting<Schema extends z.ZodType>(
  schema: Schema,
  variable: string,
  description: string,
  expected: string,
  extras: Extras = {},
): Schema {
  settingInfo.add(schema, { variable, description, expected, ...extras });
  return schema;
}

/** The values of NODE_ENV. Any other one is refused, so that a misspelt `production` does not start as development. */
const environments: ReadonlyMap<string, boolean> = new Map([
  ['production', true],
  ['development', false],
  ['test', false],
]);
export const toProduction = (text: string) => environments.get(text) ?? text;
export const environmentText = 'production, development or test';

export function flag(variable: string, defaultValue: boolean, description: string, extras: Extras = {}) {
  const schema = z.boolean().default(defaultValue);
  return setting(schema, variable, description, 'true or false', { fromText: toJson, ...extras });
}

/** On by default, except in production. */
export function developmentFlag(variable: string, production: boolean, description: string) {
  return flag(variable, !production, description, { defaultText: '`false` in production, else `true`' });
}

export const toNumber = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : text);

export function perMinute(variable: string, defaultValue: number, description: string) {
  const schema = z.int().min(1).max(1_000_000).default(defaultValue);
  return setting(schema, variable, description, 'a whole number from 1 to 1000000', { fromText: toNumber });
}

export function seconds(variable: string, least: number, most: number, defaultValue: number, description: string) {
  const schema = z.int().min(least).max(most).default(defaultValue);
  const expected = `a whole number of seconds from ${least} to ${most}`;
  return setting(schema, variable, description, expected, { fromText: toNumber });
}

export const portNumber = z.int().min(0).max(65_535);
export const portText = 'a port number from 0 to 65535';

const claimNameText = 'the name of a claim: 1 to 128 visible characters without spaces';
const claimNameSchema = () => z.string().regex(/^[\x21-\x7e]{1,128}$/);

export function claimName(variable: string, defaultValue: string, description: string) {
  return setting(claimNameSchema().default(defaultValue), variable, description, claimNameText);
}

/** Without a name, the claim is not read. */
export function optionalClaimName(variable: string, defaultText: string, description: string) {
  return setting(claimNameSchema().optional(), variable, description, claimNameText, { defaultText });
}

const toSecret = z.string().transform((text) => new Secret(text));

/** Some containers read a file of variables as it is, so the quotes become a part of the value. */
export function isQuoted(text: string): boolean {
  return /^(["'`]).*\1$|^[“‘].*[”’]$/s.test(text);
}

/** @param isValid decides about the text of the secret */
export function secret(isValid: (text: string) => boolean) {
  return z
    .string()
    .refine((text) => isValid(text) && !isQuoted(text))
    .pipe(toSecret);
}

/** A URL without credentials and fragment. In production it must use HTTPS: others can read plain HTTP. */
export function serviceUrl(production: boolean, { mayHaveQuery }: { readonly mayHaveQuery: boolean }) {
  const schemes = production ? ['https:'] : ['http:', 'https:'];
  const schema = z.string().refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isBare = url?.username === '' && url.password === '' && url.hash === '';
    return isBare && (mayHaveQuery || url.search === '') && schemes.includes(url.protocol);
  });
  const form = mayHaveQuery ? 'URL without credentials or fragment' : 'URL without credentials, query or fragment';
  const inProduction = (development: string) => `an https ${form}. For plain http in development, ${development}`;
  const texts: readonly [expected: string, extras?: Extras] = production
    ? [inProduction('set production: false'), { expectedText: inProduction('set NODE_ENV=development') }]
    : [`an http or https ${form}`];
  return { schema, texts };
}

/** No wildcard: a pattern such as `https://*.example.com` would look right and match nothing. */
export const webOrigin = z
  .string()
  .refine((text) => /^https?:\/\/[a-z0-9._:[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text);

export const publicKey = z.string().transform((pem, context): KeyObject => {
  const key = parsePublicKey(pem);
  if (key === undefined) {
    context.addIssue('not a public key');
    return z.NEVER;
  }
  return key;
});

/**
 * Reads a public key in PEM form. Environments often carry it in one line, with `\n` written out.
 * @returns undefined for a private key, a certificate, a weak key, or a key that cannot verify tokens
 */
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

/** The parts of a list, without the spaces around them. */
export const toList = (text: string) => text.split(',').map((part) => part.trim());

/** Whether the text is the URL of an HTTP proxy, with or without credentials. */
export function isProxyUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url?.pathname === '/' && url.search === '' && url.hash === '';
  return isBare && /^https?:$/.test(url.protocol) && hasReadableLogin(url);
}

/** Whether the Redis client can read the URL. The number of a database can follow the host. */
export function isRedisUrl(text: string): boolean {
  const url = /^rediss?:\/\/\S+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^\/?\d*$/.test(url.pathname) && hasReadableLogin(url);
}

/** Whether the user name and the password can be decoded: a `%` of a password must be written as `%25`. */
function hasReadableLogin({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

export function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
