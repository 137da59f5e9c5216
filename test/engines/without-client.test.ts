import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { createSessionToken } from '../support/emulator-client.js';
import { type ProductSite, startProductSite } from '../support/product-site.js';
import { type EnginePage, engines, type RunningEngine } from './engines.js';
import { type HubSite, startOlderHubPage } from './pages.js';

/** Text of the Hub. */
const blockedText = 'Your browser blocked the login popup.';
const slowAttempt = { kind: 'delay', delayMs: 6_000, match: { path: '/hub/connection_attempts' } } as const;

// What docs/client-browsers.md says of browsers without the client, and of StackOne's older package.
describe.each(engines)('$name', (engine) => {
  let browser: RunningEngine;
  let page: EnginePage;
  beforeAll(async () => {
    browser = await engine.start();
  });
  afterEach(() => page?.close());
  afterAll(() => browser?.stop());

  const blocksAlways = engine.name === 'WebKit';

  describe('a Hub without the client', () => {
    let emulator: Emulator;
    let site: ProductSite;
    beforeAll(async () => {
      [emulator, site] = await Promise.all([startEmulator(), startProductSite()]);
    });
    beforeEach(async () => {
      const token = await createSessionToken(emulator.url, { provider: 'slack' });
      page = await browser.open(`${site.url}/?${new URLSearchParams({ token, api: emulator.url })}`);
    });
    afterAll(() => Promise.all([site.stop(), emulator.stop()]));

    test(`${blocksAlways ? 'can never' : 'can'} open its window when StackOne is fast`, async () => {
      await page.clickButton('Connect');
      // No contact with the page before the window is open.
      await sleep(3_000);
      expect(await page.popupCount()).toBe(blocksAlways ? 0 : 1);
      if (blocksAlways) {
        await page.waitForText(blockedText);
      }
    });

    test('cannot open its window after 6 seconds', async () => {
      emulator.failNext(slowAttempt);
      await page.clickButton('Connect');
      await sleep(8_000);
      expect(await page.popupCount()).toBe(0);
      await page.waitForText(blockedText);
    });
  });

  describe('the older package, with the Hub in a frame of another site', () => {
    let site: HubSite;
    beforeEach(async () => {
      site = await startOlderHubPage();
      page = await browser.open(site.url);
    });
    afterEach(() => site.stop());

    const connect = async (name: string) => {
      await page.clickButton(name);
      await page.frame.clickButton('Connect');
    };

    test('links an account with an API key', async () => {
      await page.clickButton('Connect BambooHR');
      await page.frame.type('subdomain', 'acme');
      await page.frame.type('api_key', 'key-123456');
      await page.frame.clickButton('Connect');
      await page.waitForText('BambooHR is connected.');
    });

    if (blocksAlways) {
      test('can never open the sign-in window', async () => {
        await connect('Connect Slack');
        await page.frame.waitForText(blockedText);
        expect(await page.popupCount()).toBe(0);
      });
    } else {
      test.each([
        ['links', 'Connect Slack', 'Slack'],
        ['re-links', 'Reconnect HubSpot', 'HubSpot'],
      ])('%s an account after the sign-in', async (_name, button, name) => {
        await connect(button);
        await (await page.popup()).clickButton('Approve');
        await page.waitForText(`${name} is connected.`);
      });

      test('says that the user denied access', async () => {
        await connect('Connect Slack');
        await (await page.popup()).clickButton('Deny');
        await page.frame.waitForText('Access to Slack was denied for Acme Corporation.');
      });
    }

    test('cannot open the sign-in window after 6 seconds', async () => {
      site.demo.emulator.failNext(slowAttempt);
      await connect('Connect Slack');
      await sleep(8_000);
      expect(await page.popupCount()).toBe(0);
      await page.frame.waitForText(blockedText);
    });
  });
});
