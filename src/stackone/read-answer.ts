import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import type { Answer } from './exchange.js';
import { fromStatus, unusableAnswer } from './upstream-error.js';

export interface Expected<T> {
  /** What a good answer looks like; the rest is thrown away. One for all requests: zod compiles a schema at first use. */
  readonly answer: z.ZodType<T>;
  /** Names the field by which an answer is not the one that was asked for. */
  readonly mismatch?: (answer: T) => string | undefined;
}

/**
 * From an answer to what is used of it.
 * @returns `undefined` for 404
 * @throws UpstreamError for any other status that is no success, and for an answer that must not be used
 */
export function readAnswer<T>(received: Answer, expected: Expected<T>, endpoint: string): T | undefined {
  const { status, body, retryAfter } = received;
  if (status >= 200 && status < 300) {
    return parseExpected(expected, parseJson(body, endpoint), endpoint);
  }
  if (status === 404) {
    return undefined;
  }
  throw fromStatus(status, endpoint, retryAfter);
}

function parseJson(bytes: Buffer, endpoint: string): unknown {
  try {
    if (isUtf8(bytes)) return JSON.parse(bytes.toString());
  } catch {
    // The parser's own message quotes the body.
  }
  throw unusableAnswer(endpoint, 'not JSON in UTF-8');
}

function parseExpected<T>({ answer, mismatch }: Expected<T>, json: unknown, endpoint: string): T {
  const parsed = answer.safeParse(json);
  const wrong = parsed.success
    ? mismatch?.(parsed.data)
    : parsed.error.issues
        .slice(0, 3)
        .map(({ path }) => path.join('.') || 'the whole')
        .join(', ');
  if (!parsed.success || wrong !== undefined) {
    throw unusableAnswer(endpoint, `wrong shape at ${wrong}`);
  }
  return parsed.data;
}
