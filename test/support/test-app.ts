import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { GraphQLClient } from 'graphql-request';
import { type JWTPayload, SignJWT } from 'jose';
import { getSdk, type Sdk } from '../../client/src/index.js';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { loadConfig } from '../../src/config/from-environment.js';
import type { Config } from '../../src/config/settings.js';
import { createLogger } from '../../src/observability/logger.js';
import { startServer } from '../../src/server.js';

/** Secrets that must never be seen in an answer, a log or an error: tests look for them. */
export const canaries = { apiKey: 'canary-stackone-api-key' } as const;

export const acme = { org_id: 'org_acme', org_name: 'Acme Corporation', email: 'ada@acme.example' };
export const globex = { org_id: 'org_globex', org_name: 'Globex', email: 'hank@globex.example' };

const issuer = 'https://issuer.example';
const audience = 'https://api.example';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** A server before an emulator, with an issuer of access tokens whose keys are at hand. */
export interface TestApp {
  readonly url: string;
  readonly emulator: Emulator;
  /** The generated client, signed in with these claims. */
  sdk(claims: JWTPayload): Promise<Sdk>;
  /** `POST /graphql` as it is: for what the generated client would not send. */
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** What was logged so far. */
  logs(): string;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: { readonly data?: unknown; readonly errors?: readonly AnswerError[] };
}

interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly retryAfterSeconds?: number };
}

/** @param env overrides of the environment; `undefined` unsets */
export async function startTestApp(env: Record<string, string | undefined> = {}): Promise<TestApp> {
  const emulator = await startEmulator({ apiKey: canaries.apiKey });
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => void lines.push(line) });
  const app = await startServer(testConfig({ STACKONE_BASE_URL: emulator.url, ...env }), { logger }).catch(
    async (error: unknown) => {
      await emulator.stop();
      throw error;
    },
  );
  return {
    url: app.url,
    emulator,
    sdk: async (claims) => {
      return getSdk(new GraphQLClient(`${app.url}/graphql`, { headers: await signIn(claims) }));
    },
    post: (body, headers = {}) => post(app.url, body, headers),
    logs: () => lines.join(''),
    stop: async () => {
      await app.stop();
      await emulator.stop();
    },
  };
}

/** A live configuration through the real `loadConfig`, which any variable can be changed in. */
export function testConfig(env: Record<string, string | undefined>): Config {
  return loadConfig({
    STACKONE_API_KEY: canaries.apiKey,
    AUTH_PUBLIC_KEY: publicPem,
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
    PORT: '0',
    PLAYGROUND: 'false',
    // Limits are tested where they are meant; elsewhere they would only make tests wait.
    RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
    RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
    ...env,
  });
}

export interface TokenOptions {
  readonly key?: KeyObject | Uint8Array;
  readonly header?: Record<string, unknown>;
}

/** A good token with these claims; what is given replaces what is good, `undefined` leaves it out. */
export async function signToken(claims: JWTPayload, options: TokenOptions = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: issuer, aud: audience, sub: 'user_1', iat: now, exp: now + 300, ...claims };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', ...options.header })
    .sign(options.key ?? keys.privateKey);
}

/** The headers of somebody with these claims. */
export async function signIn(claims: JWTPayload): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await signToken(claims)}` };
}

export async function post(url: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}
