import { startEmulator } from 'stackone-emulator';
import { startShop } from './shop.js';

const { STACKONE_API_KEY, STACKONE_WEBHOOK_SECRET, EXAMPLE_PORT = '3000' } = process.env;
const production = process.env.NODE_ENV === 'production';

const emulator = STACKONE_API_KEY === undefined ? await startEmulator() : undefined;
const stackone = {
  apiKey: emulator?.apiKey ?? STACKONE_API_KEY,
  baseUrl: emulator?.url,
  webhookSecret: emulator?.settings.webhookSecret ?? STACKONE_WEBHOOK_SECRET,
  production,
};
const shop = await startShop({ stackone, port: Number(EXAMPLE_PORT) });
if (emulator !== undefined) {
  emulator.settings.webhookUrl = `${shop.url}/webhooks/stackone`;
}

process.stdout.write(`
    The example      ${shop.url}/
    The emulator     ${emulator?.url ?? 'not used: this app calls StackOne'}

`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await shop.stop();
    await emulator?.stop();
  });
}
