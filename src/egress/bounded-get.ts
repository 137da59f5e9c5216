import { createPool, type ProxySettings } from './pool.js';

interface GetLimits {
  readonly maxBytes: number;
  readonly connectTimeoutMs: number;
}

interface GetOptions {
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

export type BoundedGet = (options: GetOptions) => Promise<Response>;

/**
 * GET of one URL, through the proxy where the settings say so. Follows no redirect. Each call has its own connection:
 * the calls are rare.
 * @returns a function that resolves with a response of status 200 and its whole body
 */
export function createBoundedGet(
  url: URL,
  proxy: ProxySettings,
  { maxBytes, connectTimeoutMs }: GetLimits,
): BoundedGet {
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
    return new Response(await readBody(body, maxBytes));
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
  return Buffer.concat(chunks).toString();
}
