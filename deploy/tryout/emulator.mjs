/** The emulator of deploy/compose.yaml: other containers and the browser can reach it, and it sends webhooks to the server. */
import { startEmulator } from './emulator/dist/index.js';

const { WEBHOOK_URL: webhookUrl = null, WEBHOOK_SECRET: webhookSecret = 'whsec_emulator' } = process.env;
const port = Number(process.env.EMULATOR_PORT ?? 4010);
const emulator = await startEmulator({
  host: '0.0.0.0',
  port,
  controlHosts: [`emulator:${port}`],
  settings: { webhookUrl, webhookSecret },
});
process.stdout.write(`StackOne emulator at ${emulator.url}, API key "${emulator.apiKey}"\n`);
// Process 1 of a container has no default action for signals.
process.once('SIGTERM', () => emulator.stop());
