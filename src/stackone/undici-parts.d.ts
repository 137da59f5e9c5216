/**
 * The parts of undici that are used, loaded by their files: the whole brings fetch, WebSocket and caches, for 100 ms
 * of the start on one core and 5 to 8 MiB (docs/performance.md). Its version is pinned.
 */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export = Pool;
}

declare module 'undici/lib/core/errors.js' {
  import { errors } from 'undici';
  export = errors;
}
