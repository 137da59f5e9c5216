import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const { CONNECT_URL = 'http://127.0.0.1:4000', EMULATOR_URL, EXAMPLE_PORT = '5173' } = process.env;

export default defineConfig({
  plugins: [react()],
  define: {
    // Where the Hub finds StackOne.
    'import.meta.env.HUB_URL': JSON.stringify(EMULATOR_URL ?? 'https://api.stackone.com'),
  },
  server: {
    host: '127.0.0.1',
    port: Number(EXAMPLE_PORT),
    // One origin for the page and its API, so nothing is asked of CORS.
    proxy: { '/graphql': CONNECT_URL, '/demo': CONNECT_URL },
  },
});
