/**
 * Measures `<connect-integrations>` in Chromium with 300 providers and 100 accounts: the time of the first render, and
 * the long tasks while the user types in the search. Run it with `npm run page-speed`, on a machine without other load.
 */
import { chromium } from 'playwright-core';
import { startDemo } from '../demo/start-demo.js';

const limits = { renderMs: 100, longTaskMs: 50 };

/** A client whose responses are there at once, so that only the page is measured. */
const fill = `{
  const categories = ['HRIS', 'ATS', 'CRM', 'LMS', 'TICKETING', 'ACCOUNTING'];
  const logoUrl = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';
  const providers = Array.from({ length: 300 }, (_, i) => (
    { key: 'p' + i, name: 'Provider ' + i, categories: [categories[i % 6]], logoUrl, availability: 'AVAILABLE' }));
  const nodes = Array.from({ length: 100 }, (_, i) => (
    { id: 'a' + i, providerKey: 'p' + (i % 40), label: i % 2 ? 'Label ' + i : null, status: i % 9 ? 'ACTIVE' : 'ERROR',
      statusReasons: [], needsRelink: i % 9 === 0, linkedBy: 'ada@acme.example', createdAt: '2026-05-03T12:00:00.000Z' }));
  const linkedAccounts = { nodes, pageInfo: { hasNextPage: false, endCursor: null } };
  const viewer = { ownerName: 'Acme', canManage: true, maxLinkedAccounts: null };
  window.client = {
    sdk: { integrations: async () => ({ viewer, providers, linkedAccounts }), linkedAccounts: async () => ({ linkedAccounts }) },
    toLocalTime: Date.parse,
    openChangeStream: () => () => {},
  };
}`;

/** Only microtasks run between the start and the last card, so the time is that of scripts. */
const renderOnce = `(async () => {
  const element = document.createElement('connect-integrations');
  element.client = window.client;
  const start = performance.now();
  document.querySelector('main').append(element);
  while (element.querySelectorAll('.stackone-connect-card').length < 300) await Promise.resolve();
  const ms = performance.now() - start;
  document.querySelector('main').replaceChildren(element);
  return ms;
})()`;

const watchTasks = `window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ entryTypes: ['longtask'] })`;

const demo = await startDemo({ PORT: '0', EMULATOR_PORT: '0', LOG_LEVEL: 'silent' });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const renders: number[] = [];
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  for (let run = 0; run < 5; run += 1) {
    await page.goto(demo.url);
    await page.getByRole('searchbox').waitFor();
    await page.evaluate(fill);
    renders.push(await page.evaluate<number>(renderOnce));
  }
  await page.waitForTimeout(1_000);
  await page.evaluate(watchTasks);
  await page.getByRole('searchbox').click();
  await page.keyboard.type('Provider 12', { delay: 80 });
  for (let presses = 0; presses < 11; presses += 1) {
    await page.keyboard.press('Backspace', { delay: 80 });
  }
  await page.waitForTimeout(500);
  const tasks = await page.evaluate<number[]>('window.tasks');
  const median = renders.sort((a, b) => a - b)[2] ?? 0;
  process.stdout.write(`First render: ${median.toFixed(0)} ms of script (median of 5; limit ${limits.renderMs})\n`);
  process.stdout.write(
    `Tasks over ${limits.longTaskMs} ms while typing 11 letters and deleting them: ${tasks.length}\n`,
  );
  process.exitCode = median > limits.renderMs || tasks.length > 0 ? 1 : 0;
} finally {
  await browser.close();
  await demo.stop();
}
