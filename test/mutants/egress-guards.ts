import type { Mutant } from './guards.js';

const boundedGet = 'src/egress/bounded-get.ts';
const pool = 'src/egress/pool.ts';
const tunnel = 'src/egress/tunnel.ts';
const server = 'src/http/server.ts';

/** Guards of the connections to other servers, and of ambiguous headers. */
export const egressGuards: readonly Mutant[] = [
  { file: boundedGet, guard: 'size > maxBytes', without: 'false', noticedBy: 'flow/jwks' },
  { file: boundedGet, guard: 'statusCode !== 200', without: 'false', noticedBy: 'flow/jwks' },
  { file: boundedGet, guard: ", 'accept-encoding': 'identity'", without: '', noticedBy: 'flow/jwks' },
  { file: pool, guard: 'entryPort === port && ', without: '', noticedBy: 'unit/egress' },
  { file: pool, guard: 'isLoopback(url) ||', without: '', noticedBy: 'unit/egress' },
  { file: pool, guard: "name !== '' && ", without: '', noticedBy: 'unit/egress' },
  { file: tunnel, guard: ' || head.length > 0', without: '', noticedBy: 'flow/egress-proxy' },
  { file: tunnel, guard: 'statusCode < 200 || statusCode > 299', without: 'false', noticedBy: 'flow/egress-proxy' },
  {
    file: tunnel,
    guard: "isIP(proxyHost) === 0 ? proxyHost : ''",
    without: 'undefined',
    noticedBy: 'flow/egress-proxy',
  },
  {
    file: tunnel,
    guard: "setTimeout(() => connecting.destroy(new ProxyError('ETIMEDOUT')), timeoutMs)",
    without: 'setTimeout(() => undefined, timeoutMs)',
    noticedBy: 'flow/egress-proxy',
  },
  { file: server, guard: 'joinDuplicateHeaders: true,', without: '', noticedBy: 'flow/authentication' },
  {
    file: 'src/egress/redis.ts',
    guard: 'if (client.isReady) {',
    without: 'if (true) {',
    noticedBy: 'unit/egress',
  },
  { file: 'src/egress/redis.ts', guard: ' && !this.#isClosed', without: '', noticedBy: 'unit/egress' },
];
