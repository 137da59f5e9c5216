import { afterAll, beforeEach } from '@jest/globals';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';

export interface EmulatorResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when the response is JSON, otherwise text. */
  readonly body: unknown;
}

export function basicAuthorization(credentials = 'demo-key:'): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** Starts one emulator for a test file, and registers hooks that reset it before each test and stop it. */
export async function startSharedEmulator(): Promise<Emulator> {
  const emulator = await startEmulator();
  beforeEach(() => emulator.reset());
  afterAll(() => emulator.stop());
  return emulator;
}

async function parseResponse(response: Response): Promise<EmulatorResponse> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

function jsonInit(method: string, headers: Record<string, string>, body: unknown): RequestInit {
  if (body === undefined) {
    return { method, headers };
  }
  return { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** A call to StackOne's API with the API key, as a backend makes it. */
export async function api(url: string, method: string, path: string, body?: unknown): Promise<EmulatorResponse> {
  const headers = { authorization: basicAuthorization() };
  return parseResponse(await fetch(url + path, jsonInit(method, headers, body)));
}

/** A call to the emulator's control API, without a key. */
export async function control(url: string, method: string, path: string, body?: unknown): Promise<EmulatorResponse> {
  return parseResponse(await fetch(`${url}/__emulator${path}`, jsonInit(method, {}, body)));
}

/** A call as the Hub makes it, with a JSON content type even without a body. */
export async function hub(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<EmulatorResponse> {
  const headers = {
    'content-type': 'application/json',
    'x-hub-session-token': token,
    'x-hub-version': '1.11.4',
  };
  return parseResponse(await fetch(`${url}/hub${path}`, jsonInit(method, headers, body)));
}

const sessionSchema = z.object({ token: z.string(), id: z.number() });

export const acmeOwner = { origin_owner_id: 'acme', origin_owner_name: 'Acme Ltd' };
export const globexOwner = { origin_owner_id: 'globex', origin_owner_name: 'Globex Corporation' };

/** Creates a connect session, by default for Acme, and returns its token. */
export async function createSessionToken(url: string, request: Record<string, unknown> = {}): Promise<string> {
  const { body } = await api(url, 'POST', '/connect_sessions', { ...acmeOwner, ...request });
  return sessionSchema.parse(body).token;
}
