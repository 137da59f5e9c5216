import { z } from 'zod';

/** What a test looks at in an answer: anything may be missing, and a missing part fails its expectation. */
export type Answer = { status: number; headers: Headers; body: unknown };

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

function jsonInit(method: string, headers: Record<string, string>, body: unknown): RequestInit {
  if (body === undefined) return { method, headers };
  return { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** A backend's call, with the API key. */
export async function api(url: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const authorization = `Basic ${Buffer.from('demo-key:').toString('base64')}`;
  return answerOf(await fetch(url + path, jsonInit(method, { authorization }, body)));
}

/** A test's own call, without any key. */
export async function control(url: string, method: string, path: string, body?: unknown): Promise<Answer> {
  return answerOf(await fetch(`${url}/__emulator${path}`, jsonInit(method, {}, body)));
}

/** A call as the Hub makes it: it says JSON even where it sends no body. */
export async function hub(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    'x-hub-session-token': token,
    'x-hub-version': '1.11.4',
  };
  return answerOf(await fetch(`${url}/hub${path}`, jsonInit(method, headers, body)));
}

const Session = z.object({ token: z.string(), id: z.number() });

export const ACME = { origin_owner_id: 'acme', origin_owner_name: 'Acme Ltd' };
export const GLOBEX = { origin_owner_id: 'globex', origin_owner_name: 'Globex Corporation' };

/** A session's token, for Acme unless told otherwise. */
export async function newSession(url: string, request: Record<string, unknown> = {}): Promise<string> {
  const { body } = await api(url, 'POST', '/connect_sessions', { ...ACME, ...request });
  return Session.parse(body).token;
}
