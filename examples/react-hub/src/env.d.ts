interface ImportMetaEnv {
  /** Base URL of StackOne for the Hub; see vite.config.js. */
  readonly HUB_URL: string;
}
