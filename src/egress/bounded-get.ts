import { createPool, type ProxySettings } from './pool.js';

interface GetLimits {
  readonly maxBytes: number;
  readonly connectTimeoutMs: number;
}

export interface GetOptions {
  readonly headers: Headers;
  /** Ends the request, also while the body arrives. */
  readonly signal: AbortSignal;
}

/** A response that is not used. The code is for the log: `HTTP_500` with the status, or `OVERSIZED`. */
export class UnusableResponseError extends Error {
  override readonly name = 'UnusableResponseError';
  constructor(readonly code: string) {
    super(`the response is not used: ${code}`);
  }
}

/**
 * GET of one URL, through the proxy where the settings say so. Follows no redirect. Each call has its own connection:
 * the calls are rare.
 * @returns a function that resolves with the whole body of a response of status 200, as text
 */
export function createBoundedGet(
  url: URL,
  proxy: ProxySettings,
  { maxBytes, connectTimeoutMs }: GetLimits,
): (options: GetOptions) => Promise<string> {
  const pool = createPool(url, proxy, { connectTimeoutMs, pipelining: 0 });
  return async ({ headers, signal }) => {
    const path = url.pathname + url.search;
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path,
      // A server may choose any encoding for a client that names none (RFC 9110, 12.5.3).
      headers: { ...Object.fromEntries(headers), 'accept-encoding': 'identity' },
      signal,
    });
    body.on('error', () => undefined);
    if (statusCode !== 200) {
      body.destroy();
      throw new UnusableResponseError(`HTTP_${statusCode}`);
    }
    return readBody(body, maxBytes);
  };
}

async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      // Leaving the loop destroys the body and its connection.
      throw new UnusableResponseError('OVERSIZED');
    }
    chunks.push(chunk);
  }
  // Unlike `toString`, without a byte order mark.
  return new TextDecoder().decode(Buffer.concat(chunks));
}
