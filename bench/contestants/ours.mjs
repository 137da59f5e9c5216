import { loadConfig, startServer } from 'stackone-connect-graphql';
import { audience, issuer } from '../lib/tokens.mjs';
import { serveBenchmark } from './shared/serve.mjs';

/**
 * The server in production mode with all checks. Rate limits and the overload limit
 * are in use, but too high to reject a request. Production
 * mode accepts only HTTPS URLs for StackOne, so the URL of the upstream is set afterwards.
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
  MAX_EVENT_LOOP_DELAY_MS: '10000',
});

const { url } = await startServer({ ...config, baseUrl: process.env['UPSTREAM'] ?? '' });
serveBenchmark(url);
