/**
 * The parts of undici that are used, loaded by their files: the whole brings fetch, WebSocket and caches, for a tenth
 * of the start and 8 MiB (docs/performance.md). Its version is pinned.
 */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export = Pool;
}

declare module 'undici/lib/core/errors.js' {
  import { errors } from 'undici';
  export = errors;
}
