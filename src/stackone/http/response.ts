import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { fromStatus, unusableResponse } from './errors.js';

/** A response. It has a body only when its status is a success and the body is used, and then the whole body. */
export interface RawResponse {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

export interface ExpectedResponse<T> {
  /**
   * The shape of a good response. One schema for all requests, because zod compiles a schema at its first use.
   * If absent, the body is not used.
   */
  readonly schema?: z.ZodType<T>;
  /** Whether a response of another shape counts like 404 instead of failing. */
  readonly isAbsent?: (json: unknown) => boolean;
  /** Names the field that shows that the response belongs to another request. */
  readonly mismatch?: (response: T) => string | undefined;
  /** Receives the size of the body of a good response. */
  readonly onSize?: (bytes: number) => void;
}

/**
 * @returns undefined after 404, for a response that counts like 404, and when the body is not used
 * @throws UpstreamError after any other status that is no success, and for a response that must not be used
 */
export function parseResponse<T>(
  { status, body, retryAfter }: RawResponse,
  expected: ExpectedResponse<T>,
  endpoint: string,
): T | undefined {
  if (status >= 200 && status < 300) {
    const { schema, onSize } = expected;
    onSize?.(body.byteLength);
    return schema && parseExpected(schema, expected, parseJson(body, endpoint), endpoint);
  }
  if (status === 404) {
    return undefined;
  }
  throw fromStatus(status, endpoint, retryAfter);
}

function parseJson(bytes: Buffer, endpoint: string): unknown {
  try {
    if (isUtf8(bytes)) {
      return JSON.parse(bytes.toString());
    }
  } catch {
    // The parser's own message quotes the body.
  }
  throw unusableResponse(endpoint, 'not JSON in UTF-8');
}

function parseExpected<T>(
  schema: z.ZodType<T>,
  { isAbsent, mismatch }: ExpectedResponse<T>,
  json: unknown,
  endpoint: string,
): T | undefined {
  const parsed = schema.safeParse(json);
  if (!parsed.success && isAbsent?.(json)) {
    return undefined;
  }
  if (!parsed.success) {
    const fields = parsed.error.issues.slice(0, 3).map(({ path }) => path.join('.') || 'the root');
    throw unusableResponse(endpoint, `wrong shape at ${fields.join(', ')}`, { health: 'up' });
  }
  const field = mismatch?.(parsed.data);
  if (field !== undefined) {
    throw unusableResponse(endpoint, `it belongs to another request by its ${field}`, { alert: 'foreign-response' });
  }
  return parsed.data;
}
