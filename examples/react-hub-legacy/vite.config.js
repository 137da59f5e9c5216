import { defineConfig } from 'vite';

const { CONNECT_URL = 'http://127.0.0.1:4000', EMULATOR_URL = 'http://127.0.0.1:4010', EXAMPLE_PORT } = process.env;

export default defineConfig({
  define: {
    // StackOne's Connect library, and the base URL of the API that it calls. The emulator serves a replacement for both.
    // Without it: https://app.stackone.com/stackone/connect.js and https://api.stackone.com
    'import.meta.env.CONNECT_LIBRARY_URL': JSON.stringify(`${EMULATOR_URL}/stackone/connect.js`),
    'import.meta.env.STACKONE_URL': JSON.stringify(EMULATOR_URL),
  },
  // The page and its API have the same origin, so CORS is not needed.
  server: {
    host: '127.0.0.1',
    port: Number(EXAMPLE_PORT ?? 5173),
    proxy: { '/graphql': CONNECT_URL, '/demo': CONNECT_URL },
  },
});
