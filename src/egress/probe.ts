import { packageName, packageVersion } from '../config/package-info.js';
import { createPool, type ProxySettings } from './pool.js';

const connectTimeoutMs = 2_000;
const responseTimeoutMs = 4_000;

/** What the head of a response shows about the way to a server. */
export interface Probe {
  /** By the clock of the server; undefined without a valid header `Date`. */
  readonly serverTime: Date | undefined;
  /** By the clock of this machine, in the middle of the request. */
  readonly ownTime: Date;
  /** How long the request took: the two times are not more exact. */
  readonly milliseconds: number;
}

/**
 * Sends one GET without credentials, through the proxy where the settings say so. Any response is a success.
 * @throws errors of sockets, certificates, undici and the proxy
 */
export async function probe(url: URL, proxy: ProxySettings): Promise<Probe> {
  const pool = createPool(url, proxy, {
    connectTimeoutMs,
    headersTimeout: responseTimeoutMs,
    bodyTimeout: responseTimeoutMs,
    pipelining: 0,
  });
  try {
    const sentAt = Date.now();
    const { headers, body } = await pool.request({
      method: 'GET',
      path: url.pathname,
      headers: { 'user-agent': `${packageName}/${packageVersion}` },
    });
    const receivedAt = Date.now();
    body.on('error', () => undefined).destroy();
    return {
      serverTime: readDate(headers['date'], headers['age']),
      ownTime: new Date((sentAt + receivedAt) / 2),
      milliseconds: receivedAt - sentAt,
    };
  } finally {
    await pool.destroy();
  }
}

type Header = string | string[] | undefined;

/** A cache keeps the header `Date` of the response and adds its `Age` (RFC 9111, 5.1). */
function readDate(date: Header, age: Header): Date | undefined {
  const milliseconds = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  const ageSeconds = typeof age === 'string' && /^\d{1,9}$/.test(age) ? Number(age) : 0;
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds + ageSeconds * 1000);
}
