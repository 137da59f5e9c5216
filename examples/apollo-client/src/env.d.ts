interface ImportMetaEnv {
  /** Where the Hub finds StackOne; see vite.config.js. */
  readonly HUB_URL: string;
}
