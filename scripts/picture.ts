/** Updates the pictures of the integrations page in the README, light and dark. Run it with `npm run picture`. */
import { chromium } from 'playwright-core';
import { startDemo } from '../demo/start-demo.js';

const demo = await startDemo({ PORT: '0', EMULATOR_PORT: '0', LOG_LEVEL: 'silent' });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
});
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 860 },
      colorScheme,
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    await page.goto(demo.url);
    await page.getByRole('heading', { name: 'All integrations' }).waitFor();
    await page.screenshot({ path: `docs/page-${colorScheme}.png`, scale: 'css' });
  }
} finally {
  await browser.close();
  await demo.stop();
}
