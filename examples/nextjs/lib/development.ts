import { randomBytes } from 'node:crypto';
import { startEmulator } from 'stackone-emulator';

/** Without these variables: the sessions end with the server, and an emulator takes the place of StackOne. */
process.env.SESSION_SECRET ??= randomBytes(32).toString('hex');
if (process.env.STACKONE_API_KEY === undefined) {
  const { apiKey, url, settings } = await startEmulator();
  process.env.STACKONE_API_KEY = apiKey;
  process.env.STACKONE_BASE_URL = url;
  process.env.STACKONE_WEBHOOK_SECRET = settings.webhookSecret;
  process.stdout.write(`- The emulator  ${url}\n`);
}
