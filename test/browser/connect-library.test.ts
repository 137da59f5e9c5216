import type { FrameLocator, Page } from 'playwright-core';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { describeInBrowser } from '../support/browser.js';
import { acmeOwner, createSessionToken } from '../support/emulator-client.js';
import { type ProductSite, startProductSite } from '../support/product-site.js';

/** Calls the library like `@stackone/react-hub` 1.1.1, and records the callbacks in `window.calls`. */
const pageHtml = `<!doctype html><meta charset="utf-8"><title>A product</title><link rel="icon" href="data:,"><body>
<script>
  window.calls = [];
  const call = (name) => (...values) => window.calls.push([name, ...values]);
  window.start = (options) =>
    Connect.start({ ...options, onSuccess: call('success'), onClose: call('close'), onCancel: call('cancel') });
  const library = document.createElement('script');
  library.src = new URLSearchParams(location.search).get('library');
  document.body.append(library);
</script>`;

// These tests cover the documented behavior of StackOne's Connect library (types and README of its package).
describeInBrowser('the emulator’s Connect library', ({ open, expectConsoleErrors }) => {
  let emulator: Emulator;
  let site: ProductSite;
  let page: Page;
  let hub: FrameLocator;

  beforeAll(async () => {
    [emulator, site] = await Promise.all([startEmulator(), startProductSite(pageHtml)]);
  });
  beforeEach(async () => {
    emulator.reset();
    const library = encodeURIComponent(`${emulator.url}/stackone/connect.js`);
    page = await open([site.url, emulator.url], `/?library=${library}`);
    hub = page.frameLocator('dialog[open] iframe');
  });
  afterAll(() => Promise.all([site.stop(), emulator.stop()]));

  const start = async (options: object = {}) => {
    const sessionToken = await createSessionToken(emulator.url, { provider: 'bamboohr' });
    await page.waitForFunction('window.Connect');
    await page.evaluate(`window.start(${JSON.stringify({ sessionToken, ...options })})`);
    await hub.locator('input[name=subdomain]').waitFor();
  };
  const link = async () => {
    await hub.locator('input[name=subdomain]').fill('acme');
    await hub.locator('input[name=api_key]').fill('key-123456');
    await hub.getByRole('button', { name: 'Connect', exact: true }).click();
    await hub.getByText('Connection Successful').waitFor();
  };
  const closeOverlay = () => page.getByRole('button', { name: 'Close' }).first().click();
  const calls = () => page.evaluate('window.calls');

  test('links an account, calls onSuccess with it, and then only onClose', async () => {
    await start();
    await link();
    const [account] = emulator.accounts();
    expect(account).toMatchObject({ ...acmeOwner, provider: 'bamboohr' });
    const success = ['success', { id: account?.id, provider: 'bamboohr' }];
    expect(await calls()).toEqual([success]);
    await closeOverlay();
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await calls()).toEqual([success, ['close']]);
  });

  test('closes on the close button of the Hub', async () => {
    await start();
    await link();
    await hub.getByRole('button', { name: 'Close' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await calls()).toEqual([expect.arrayContaining(['success']), ['close']]);
  });

  test.each([
    ['the close button', closeOverlay],
    ['the Escape key', () => page.keyboard.press('Escape')],
  ])(
    'calls onCancel and onClose when %s closes it without a linked account, and can start again',
    async (_name, close) => {
      await start();
      await close();
      await page.locator('dialog').waitFor({ state: 'detached' });
      expect(await calls()).toEqual([['cancel'], ['close']]);
      expect(emulator.accounts()).toEqual([]);
      await start({ apiUrl: emulator.url });
      await link();
      expect(await calls()).toEqual([['cancel'], ['close'], expect.arrayContaining(['success'])]);
    },
  );

  test('accepts messages only from its own frame and the emulator’s origin', async () => {
    await start();
    const forged = JSON.stringify({ hub: 'success', account: { id: 'forged', provider: 'bamboohr' } });
    await page.evaluate(`window.postMessage(${forged}, '*')`);
    // The same message from the right origin, but from another frame.
    await page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.src = '${emulator.url}/hub?token=none&origin=' + location.origin;
      frame.onload = resolve;
      document.body.append(frame);
    })`);
    // The same message from its own frame after it navigated to another origin.
    await page.evaluate(`new Promise((resolve) => {
      const frame = document.querySelector('dialog iframe');
      frame.onload = resolve;
      frame.src = '/elsewhere' + location.search;
    })`);
    const others = page.frames().filter((frame) => /token=none|elsewhere/.test(frame.url()));
    for (const other of others) {
      await other.evaluate(`parent.postMessage(${forged}, '*')`);
    }
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
    expect(others).toHaveLength(2);
    expect(await calls()).toEqual([]);
    expectConsoleErrors(/401/);
  });

  test('its page can be framed only by the origin it was opened for', async () => {
    const frameError = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
    expectConsoleErrors(/frame-ancestors/);
    const token = await createSessionToken(emulator.url);
    for (const query of [`token=${token}`, `token=${token}&origin=https://other.example`]) {
      await page.evaluate(`document.body.append(Object.assign(document.createElement('iframe'), {
        src: '${emulator.url}/hub?${query}',
      }))`);
    }
    await frameError;
    expect(emulator.history.filter(({ path }) => path === '/hub/settings')).toEqual([]);
  });
});
