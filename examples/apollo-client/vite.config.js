import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const { CONNECT_URL = 'http://127.0.0.1:4000', EMULATOR_URL, EXAMPLE_PORT = '5173' } = process.env;

export default defineConfig({
  plugins: [react()],
  define: {
    // Base URL of StackOne for the Hub.
    'import.meta.env.HUB_URL': JSON.stringify(EMULATOR_URL ?? 'https://api.stackone.com'),
  },
  server: {
    host: '127.0.0.1',
    port: Number(EXAMPLE_PORT),
    // The page and its API have the same origin, so CORS is not needed.
    proxy: { '/graphql': CONNECT_URL, '/demo': CONNECT_URL },
  },
});
