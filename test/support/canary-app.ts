import { expect } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { isErrorCode } from '../../src/domain/error-codes.js';
import { createLogger } from '../../src/observability/logger.js';
import { startServer } from '../../src/server.js';
import { canaries, signToken, testConfig } from './test-env.js';
import { waitUntil } from './wait.js';

/** Secrets of this server and content of StackOne's responses. No response and no log line may contain them. */
export const secrets = {
  ...canaries,
  basicAuthorization: Buffer.from(`${canaries.apiKey}:`).toString('base64'),
  authSecret: 'canary-auth-secret-of-at-least-32-bytes',
  redisPassword: 'canary-redis-password',
  upstreamBody: 'canary-upstream-body',
  upstreamHeader: 'canary-upstream-header',
} as const;

/** Values in requests. A hyphen makes them invalid as GraphQL names, which validation messages may contain. */
export const callerValues = [
  'canary-literal',
  'canary-label',
  'canary-id',
  'canary-value',
  'canary-header',
  'canary-word',
] as const;

const requestLogMarker = '"msg":"request"';
const claims = { org_id: 'canary-owner-id', org_name: 'canary-owner-name', email: 'canary-email' };

/** A server in which every secret is a canary value, with log level `trace` and metrics. */
export interface CanaryApp {
  readonly url: string;
  readonly metricsUrl: string;
  readonly emulator: Emulator;
  /** A valid access token, an expired one, one with a malformed owner, and one with an invalid signature. */
  readonly tokens: readonly string[];
  /** Values that the owner may read and no log line may contain. */
  readonly ownerValues: string[];
  logs(): string;
  send(request: SentRequest): Promise<RecordedExchange>;
  /** Runs an operation with the valid access token. */
  runOperation(query: string): Promise<RecordedExchange>;
  stop(): Promise<void>;
}

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

export interface RecordedExchange {
  readonly status: number;
  readonly json: { data?: unknown; errors?: { message: unknown; extensions: { code: unknown } }[] };
  /** Headers and body. */
  readonly response: string;
  readonly logged: string;
  /** The parsed log line of the request. */
  readonly line: Record<string, unknown>;
}

export async function startCanaryApp(): Promise<CanaryApp> {
  const emulator = await startEmulator({ apiKey: secrets.apiKey });
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => void lines.push(line) });
  const config = testConfig({
    STACKONE_BASE_URL: emulator.url,
    AUTH_PUBLIC_KEY: undefined,
    AUTH_SECRET: secrets.authSecret,
    REDIS_URL: `redis://user:${secrets.redisPassword}@127.0.0.1:1`,
    METRICS_PORT: '0',
    ALLOW_AUTH_LINKS: 'true',
    LOG_LEVEL: 'trace',
  });
  const { url, metricsUrl = '', stop } = await startServer(config, { logger });
  const tokens = await signTokens();

  const send = async ({ method, path, headers, body }: SentRequest): Promise<RecordedExchange> => {
    const before = lines.length;
    const response = await fetch(`${url}${path}`, { method, headers, ...(method !== 'GET' && { body }) });
    const text = await response.text();
    // The server may write the log line after it has sent the response. Only GraphQL requests have one.
    if (method === 'POST' && path.startsWith('/graphql')) {
      await waitUntil(
        () => lines.slice(before).some((line) => line.includes(requestLogMarker)),
        'the request is logged',
      );
    }
    const logged = lines.slice(before);
    return {
      status: response.status,
      json: JSON.parse(text),
      response: `${[...response.headers].map((header) => header.join(': ')).join('\n')}\n\n${text}`,
      logged: logged.join(''),
      line: JSON.parse(logged.find((line) => line.includes(requestLogMarker)) ?? '{}'),
    };
  };
  return {
    url,
    metricsUrl,
    emulator,
    tokens,
    ownerValues: [...Object.values(claims), 'canary-account-label'],
    logs: () => lines.join(''),
    send,
    runOperation: (query) => {
      const headers = { authorization: `Bearer ${tokens[0]}`, 'content-type': 'application/json' };
      return send({ method: 'POST', path: '/graphql', headers, body: JSON.stringify({ query }) });
    },
    stop: async () => {
      await stop();
      await emulator.stop();
    },
  };
}

async function signTokens(): Promise<string[]> {
  const key = new TextEncoder().encode(secrets.authSecret);
  const header = { alg: 'HS256' };
  return [
    await signToken(claims, { key, header }),
    await signToken({ ...claims, exp: 1 }, { key, header }),
    await signToken({ ...claims, org_id: ['canary-id'] }, { key, header }),
    await signToken(claims, { key: new Uint8Array(32), header }),
  ];
}

/** The values that the text contains. */
export const valuesIn = (text: string, values: readonly string[]) => values.filter((value) => text.includes(value));

/** Expects JSON with `no-store`, documented error codes, and no secret in the response or the log. */
export function expectNoCanaries(
  { tokens, ownerValues }: CanaryApp,
  { response, logged, json, status }: RecordedExchange,
): void {
  const hidden = [...Object.values(secrets), ...callerValues, ...tokens];
  expect(valuesIn(response, hidden)).toEqual([]);
  expect(valuesIn(logged, [...hidden, ...ownerValues, 'canary_name'])).toEqual([]);
  expect(logged).not.toContain('unexpected error');
  expect(response).toMatch(/^cache-control: no-store$/m);
  expect(response).toMatch(/^content-type: application\/(graphql-response\+)?json; charset=utf-8$/m);
  if (status >= 400 || json.data === undefined) {
    expect(json.errors?.length).toBeGreaterThan(0);
  }
  for (const { message, extensions } of json.errors ?? []) {
    expect([typeof message, isErrorCode(extensions.code)]).toEqual(['string', true]);
  }
}
