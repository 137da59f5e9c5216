import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { fromStatus, unusableAnswer } from './upstream-error.js';

/** What is read of an answer that is not used. */
const maxUnusedBytes = 64 * 1024;

/**
 * From a response to the parsed answer.
 * @returns `undefined` for 404
 * @throws UpstreamError for any other status that is no success, and for an answer that must not be used
 */
export async function readAnswer<T>(
  response: Dispatcher.ResponseData,
  shape: z.ZodType<T>,
  maxBytes: number,
  endpoint: string,
  signal: AbortSignal,
): Promise<T | undefined> {
  if (response.statusCode >= 200 && response.statusCode < 300) {
    return parseShape(shape, await readJson(response, maxBytes, endpoint), endpoint);
  }
  await response.body.dump({ limit: maxUnusedBytes, signal });
  if (response.statusCode === 404) {
    return undefined;
  }
  throw fromStatus(response.statusCode, endpoint, headerOf(response, 'retry-after'));
}

function headerOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A body is read only as far as it is allowed to be long, and only if it says that it is JSON. */
async function readJson(
  response: Dispatcher.ResponseData,
  maxBytes: number,
  endpoint: string,
): Promise<unknown> {
  const refuse = async (reason: string): Promise<never> => {
    // undici tells that it was cut short by an error event, which nobody else listens to.
    response.body.on('error', () => undefined).destroy();
    throw unusableAnswer(endpoint, reason);
  };
  if (!/^application\/json(;|$)/i.test(headerOf(response, 'content-type') ?? '')) {
    return refuse('not JSON by its content type');
  }
  if (Number(headerOf(response, 'content-length') ?? 0) > maxBytes) {
    return refuse('too large by its content length');
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    const part: Uint8Array = chunk;
    bytes += part.byteLength;
    if (bytes > maxBytes) {
      return refuse('too large');
    }
    chunks.push(part);
  }
  return parseJson(Buffer.concat(chunks), endpoint);
}

function parseJson(bytes: Uint8Array, endpoint: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's own message quotes the body.
    throw unusableAnswer(endpoint, 'not JSON in UTF-8');
  }
}

function parseShape<T>(shape: z.ZodType<T>, json: unknown, endpoint: string): T {
  const parsed = shape.safeParse(json);
  if (parsed.success) {
    return parsed.data;
  }
  const paths = parsed.error.issues.slice(0, 3).map((issue) => issue.path.join('.') || 'the whole');
  throw unusableAnswer(endpoint, `wrong shape at ${paths.join(', ')}`);
}
