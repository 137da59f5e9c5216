/** See vite.config.js. */
interface ImportMetaEnv {
  readonly CONNECT_LIBRARY_URL: string;
  readonly STACKONE_URL: string;
}
