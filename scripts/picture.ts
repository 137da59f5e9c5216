/** Updates the screenshot of the demo page in the README. Run it with `npm run picture`. */
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startDemo } from '../demo/start-demo.js';
import { loadConfig } from '../src/config.js';
import { thisPackage } from '../src/package.js';

const config = loadConfig({ PORT: '0', EMULATOR_PORT: '0', LOG_LEVEL: 'silent' });
if (config.mode !== 'demo') {
  throw new Error('The configuration is not for the demo');
}
const demo = await startDemo(config);
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  await page.goto(demo.url);
  await page.getByRole('heading', { name: 'All integrations' }).waitFor();
  await page.screenshot({ path: join(thisPackage.folder, 'docs/page.png'), scale: 'css' });
} finally {
  await browser.close();
  await demo.stop();
}
