import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { tenants } from '../../demo/tenants.js';
import { waitUntil } from '../support/wait.js';
import { type EnginePage, type EnginePopup, engines, type RunningEngine } from './engines.js';
import { type HubSite, startDemoPage, startReactPage } from './pages.js';

const sites = [
  ['connect-integrations', startDemoPage],
  ['ConnectButton of React', startReactPage],
] as const;

const attemptRequest = { method: 'POST', path: '/hub/connection_attempts' };
const blockedText = 'Your browser blocked the sign-in window.';
const waitingText = 'The sign-in page opens in a moment…';

describe.each(engines)('$name', (engine) => {
  let browser: RunningEngine;
  beforeAll(async () => {
    browser = await engine.start();
  });
  afterAll(() => browser?.stop());

  describe.each(sites)('%s', (_site, startSite) => {
    let site: HubSite;
    let page: EnginePage;
    beforeEach(async () => {
      site = await startSite();
      page = await browser.open(site.url);
    });
    afterEach(async () => {
      await page?.close();
      await site.stop();
    });

    const statusesOf = (key: string) =>
      site.demo.emulator
        .accounts()
        .filter(({ provider, origin_owner_id }) => provider === key && origin_owner_id === tenants.acme.ownerId)
        .map(({ status }) => status);
    const popupIsClosed = () =>
      waitUntil(async () => (await page.popupCount()) === 0, 'the window to be closed', {
        timeoutMs: 10_000,
        intervalMs: 50,
      });

    /** Clicks in the page and in the Hub. */
    const startSignIn = async (name: string) => {
      await page.clickButton(name);
      await page.clickButton('Connect');
    };
    const approve = async (popup: EnginePopup, name: string) => {
      await popup.clickButton('Approve');
      await page.waitForText(`${name} is connected.`);
      await popupIsClosed();
    };

    test('links an account with an API key, and opens no window', async () => {
      await page.clickButton('Connect BambooHR');
      await page.type('subdomain', 'acme');
      await page.type('api_key', 'key-123456');
      await page.clickButton('Connect');
      await page.waitForText('BambooHR is connected.');
      expect(statusesOf('bamboohr')).toEqual(['active']);
      expect(await page.popupCount()).toBe(0);
    });

    test('re-links an account after the sign-in', async () => {
      expect(statusesOf('hubspot')).toEqual(['expired']);
      await startSignIn('Reconnect HubSpot');
      await approve(await page.popup(), 'HubSpot');
      expect(statusesOf('hubspot')).toEqual(['active']);
    });

    test('links an account after the sign-in', async () => {
      await startSignIn('Connect Slack');
      await approve(await page.popup(), 'Slack');
      expect(statusesOf('slack')).toEqual(['active']);
    });

    test('links no account when the user denies access, and says so', async () => {
      await startSignIn('Connect Slack');
      const popup = await page.popup();
      await popup.clickButton('Deny');
      await page.waitForText('Access to Slack was denied for Acme Corporation.');
      await popupIsClosed();
      expect(statusesOf('slack')).toEqual([]);
    });

    test('shows the waiting window while StackOne needs 6 seconds, and then the sign-in', async () => {
      site.demo.emulator.failNext({ kind: 'delay', delayMs: 6_000, match: attemptRequest });
      await startSignIn('Connect Slack');
      const popup = await page.popup();
      await popup.waitForText(waitingText);
      await approve(popup, 'Slack');
      expect(statusesOf('slack')).toEqual(['active']);
    });

    test('closes the window when the attempt fails, and opens it at the next one', async () => {
      site.demo.emulator.failNext({ status: 500, match: attemptRequest });
      await startSignIn('Connect Slack');
      await page.waitForText('Could not create a connection attempt');
      await popupIsClosed();
      await page.clickButton('Connect');
      await approve(await page.popup(), 'Slack');
      expect(statusesOf('slack')).toEqual(['active']);
    });

    test('says that the browser blocks every window, until the user allows it and continues', async () => {
      await page.run(`{
        const open = window.open;
        window.open = (...values) => window.allowsWindows ? open(...values) : null;
      }`);
      await startSignIn('Connect Slack');
      await page.waitForText(blockedText);
      await page.clickButton('Continue to sign-in');
      await page.waitForText(blockedText);
      expect(await page.popupCount()).toBe(0);
      await page.run('window.allowsWindows = true');
      await page.clickButton('Continue to sign-in');
      await approve(await page.popup(), 'Slack');
      expect(statusesOf('slack')).toEqual(['active']);
    });

    test('continues when the user has closed the waiting window and the browser blocks another one', async () => {
      site.demo.emulator.failNext({ kind: 'delay', delayMs: 7_000, match: attemptRequest });
      await startSignIn('Connect Slack');
      await (await page.popup()).close();
      // No contact with the page until its click does not count any more.
      await sleep(8_000);
      expect(await page.popupCount()).toBe(0);
      await page.waitForText(blockedText);
      await page.clickButton('Continue to sign-in');
      await approve(await page.popup(), 'Slack');
      expect(statusesOf('slack')).toEqual(['active']);
    });
  });
});
