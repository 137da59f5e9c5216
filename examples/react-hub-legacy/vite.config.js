import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const { CONNECT_URL = 'http://127.0.0.1:4000', EMULATOR_URL, EXAMPLE_PORT = '5173' } = process.env;

export default defineConfig({
  plugins: [react()],
  define: {
    // The URL of StackOne's Connect library, and the base URL of the API that it calls.
    'import.meta.env.CONNECT_LIBRARY_URL': JSON.stringify(
      `${EMULATOR_URL ?? 'https://app.stackone.com'}/stackone/connect.js`,
    ),
    'import.meta.env.STACKONE_URL': JSON.stringify(EMULATOR_URL ?? 'https://api.stackone.com'),
  },
  server: {
    host: '127.0.0.1',
    port: Number(EXAMPLE_PORT),
    // The page and its API have the same origin, so CORS is not needed.
    proxy: { '/graphql': CONNECT_URL, '/demo': CONNECT_URL },
  },
});
