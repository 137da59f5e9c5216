import { defineConfig } from 'vite';

const { CONNECT_URL = 'http://127.0.0.1:4000', EMULATOR_URL = 'http://127.0.0.1:4010', EXAMPLE_PORT } = process.env;

export default defineConfig({
  // The base URL of the Hub: the emulator. Without it, https://api.stackone.com
  define: { 'import.meta.env.HUB_URL': JSON.stringify(EMULATOR_URL) },
  // The page and its API have the same origin, so CORS is not needed.
  server: {
    host: '127.0.0.1',
    port: Number(EXAMPLE_PORT ?? 5173),
    proxy: { '/graphql': CONNECT_URL, '/demo': CONNECT_URL },
  },
});
