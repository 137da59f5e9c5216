import { loadConfig, startApp } from '../../dist/src/index.js';
import { audience, issuer } from '../lib/tokens.mjs';
import { serveBenchmark } from './shared/serve.mjs';

/**
 * The server as it is in production, all guards on. Limits are counted and so high that none refuses. Production
 * takes only https for StackOne, so its URL alone is set afterwards.
 */
const config = loadConfig({
  NODE_ENV: 'production',
  STACKONE_API_KEY: 'bench-key',
  AUTH_PUBLIC_KEY: process.env['PUBLIC_KEY'],
  AUTH_ISSUER: issuer,
  AUTH_AUDIENCE: audience,
  CORS_ORIGINS: 'https://app.example.com',
  PORT: '0',
  METRICS_PORT: '0',
  LOG_LEVEL: 'info',
  RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
  RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
});
if (config.mode !== 'live') {
  throw new Error('the benchmark measures the server before StackOne, not the demo');
}

const { url } = await startApp({
  ...config,
  stackone: { ...config.stackone, baseUrl: process.env['UPSTREAM'] ?? '' },
});
serveBenchmark(url);
