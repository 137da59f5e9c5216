import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import type { Emulator } from '../../emulator/src/index.js';
import { type Environment, loadConfig } from '../../src/config/from-environment.js';
import type { Config } from '../../src/config/settings.js';

/** Secrets that no response, log line or error may contain. Tests search for them. */
export const canaries = { apiKey: 'canary-stackone-api-key' } as const;

export const acme = { org_id: 'org_acme', org_name: 'Acme Corporation', email: 'ada@acme.example' };
export const globex = { org_id: 'org_globex', org_name: 'Globex', email: 'hank@globex.example' };

const issuer = 'https://issuer.example';
const audience = 'https://api.example';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export interface GraphQLResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: { readonly data?: unknown; readonly errors?: readonly GraphQLResponseError[] };
}

interface GraphQLResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly retryAfterSeconds?: number };
}

/** The codes of the GraphQL errors, separated by spaces. `undefined` without errors. */
export function errorCode(response: GraphQLResponse): string | undefined {
  return response.json.errors?.map(({ extensions }) => extensions.code).join(' ');
}

/** The environment of a production server. Nothing listens at its StackOne address. */
export const productionEnv = { NODE_ENV: 'production', STACKONE_BASE_URL: 'https://127.0.0.1:1' } as const;

/** Fields with which the emulator assigns a linked account to an owner. */
export const ownerFields = ({ org_id, org_name }: Pick<typeof acme, 'org_id' | 'org_name'>) => ({
  origin_owner_id: org_id,
  origin_owner_name: org_name,
});

/** StackOne requests that create connect sessions. */
export const sessionRequests = ({ history }: Pick<Emulator, 'history'>) =>
  history.filter(({ method, path }) => method === 'POST' && path === '/connect_sessions');

/** A configuration from the real `loadConfig`. `env` overrides any variable. */
export function testConfig(env: Record<string, string | undefined>): Config {
  return loadConfig(testEnv(env));
}

/** The environment of a server. `env` overrides any variable. */
export function testEnv(env: Environment): Environment {
  return {
    STACKONE_API_KEY: canaries.apiKey,
    AUTH_PUBLIC_KEY: publicPem,
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
    PORT: '0',
    PLAYGROUND: 'false',
    // A stall of a shared machine is no overload. The tests of the overload set the default.
    MAX_EVENT_LOOP_DELAY_MS: '10000',
    // The tests of the sweep start it themselves.
    SWEEP_INTERVAL_SECONDS: '86400',
    // Only the tests of the rate limits set lower limits.
    RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
    RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
    ...env,
  };
}

export interface TokenOptions {
  readonly key?: KeyObject | Uint8Array;
  readonly header?: Record<string, unknown>;
}

/** Signs a valid token. `claims` override the default claims; `undefined` omits a claim. */
export async function signToken(claims: JWTPayload, options: TokenOptions = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: issuer, aud: audience, sub: 'user_1', iat: now, exp: now + 300, ...claims };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', ...options.header })
    .sign(options.key ?? keys.privateKey);
}

/** The tokens of one second, by their claims. Many requests in a row use the same token, as those of a real client do. */
const tokens = { second: 0, byClaims: new Map<string, Promise<string>>() };

/** Request headers with a valid token for these claims. */
export async function signIn(claims: JWTPayload): Promise<{ authorization: string }> {
  const second = Math.floor(Date.now() / 1000);
  if (tokens.second !== second) {
    tokens.second = second;
    tokens.byClaims.clear();
  }
  const key = JSON.stringify(claims);
  const token = tokens.byClaims.get(key) ?? signToken(claims);
  tokens.byClaims.set(key, token);
  return { authorization: `Bearer ${await token}` };
}

export async function post(url: string, body: unknown, headers: Record<string, string>): Promise<GraphQLResponse> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}
