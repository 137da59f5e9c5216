import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { describeInBrowser, focusWindow } from '../support/browser.js';
import { startTestDemo, tenantOwner } from '../support/demo.js';
import { type Frontend, startFrontend } from '../support/frontend.js';
import { fillBambooHr, passMinutes, waitForRenewal } from '../support/hub-page.js';
import { sessionRequests } from '../support/test-env.js';

// Known problems of the real Hub, in a page that uses the client without a framework.
describeInBrowser('the client works around problems of the Hub', ({ open, expectConsoleErrors }) => {
  let demo: Demo;
  let site: Frontend;

  beforeEach(async () => {
    demo = await startTestDemo();
    site = await startFrontend('plain-page.ts', demo.url);
  });
  afterEach(async () => {
    await site.stop();
    await demo.stop();
  });

  async function visit(parameters: Record<string, string> = {}): Promise<Page> {
    const query = new URLSearchParams({ hub: demo.emulator.url, ...parameters });
    const page = await open([site.url, demo.emulator.url], `/?${query}`);
    await page.getByRole('heading', { name: 'Integrations' }).waitFor();
    return page;
  }

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click();
  const connectInHub = (page: Page) =>
    page.locator('stackone-hub').getByRole('button', { name: 'Connect', exact: true }).click();
  const phase = (page: Page, name: string) => page.locator('#phase').getByText(name, { exact: true }).waitFor();
  const failure = (page: Page, kind: string) => page.locator('#failure').getByText(kind, { exact: true }).waitFor();
  const linked = (page: Page) => page.locator('#linked li').allTextContents();
  const subdomain = (page: Page) => page.locator('input[name=subdomain]');
  const createdSessions = () => sessionRequests(demo.emulator).length;
  const tokenOf = (page: Page) => page.locator('stackone-hub').getAttribute('token');

  /** Waits longer than a session renewal takes. The clock of the page does not advance. */
  const waitInRealTime = () => sleep(750);

  test('expired token, for which the Hub shows no providers and no error: the page gets session-expired', async () => {
    const page = await visit();
    await press(page, 'Connect');
    await subdomain(page).fill('acme');
    await passMinutes(page, demo, 29.6);
    await waitInRealTime();
    // No renewal clears the form.
    expect(await subdomain(page).inputValue()).toBe('acme');
    await passMinutes(page, demo, 1);
    await failure(page, 'session-expired');
    expect(await page.locator('stackone-hub').count()).toBe(0);
    expect(await page.getByText('No configured integrations').count()).toBe(0);
    await press(page, 'Retry');
    await subdomain(page).waitFor();
  });

  test('changed token attribute, which the Hub ignores: a new token gets a new Hub element', async () => {
    const page = await visit();
    await press(page, 'Connect');
    await subdomain(page).waitFor();
    const before = await page.locator('stackone-hub').elementHandle();
    const token = await tokenOf(page);
    await waitForRenewal(page, demo);
    await subdomain(page).waitFor();
    expect(await before?.isVisible()).toBe(false);
    expect(await tokenOf(page)).not.toBe(token);
    await passMinutes(page, demo, 2);
    await fillBambooHr(page);
    await connectInHub(page);
    await phase(page, 'linked');
    expect(await linked(page)).toEqual(['bamboohr']);
  });

  test('hidden tab: no session is created', async () => {
    const page = await visit();
    await press(page, 'Connect');
    await subdomain(page).waitFor();
    await page.evaluate(`Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })`);
    await passMinutes(page, demo, 29.6);
    await waitInRealTime();
    await passMinutes(page, demo, 60);
    await failure(page, 'session-expired');
    expect(createdSessions()).toBe(1);
  });

  test.each([401, 403])(
    'success event after a rejected change (status %i): the account is confirmed with the server',
    async (status) => {
      expectConsoleErrors(/hub\/accounts/);
      const { id } = demo.emulator.addAccount({ provider: 'bamboohr', ...tenantOwner(), status: 'error' });
      const page = await visit({ account: id });
      await press(page, 'Reconnect');
      await subdomain(page).fill('acme-uk');
      demo.emulator.failNext({ status, match: { method: 'PATCH', path: '/hub/accounts' } });
      await connectInHub(page);
      await failure(page, 'not-linked');
      expect(await linked(page)).toEqual([]);
    },
  );

  test('Hub removed while its OAuth popup is open, without a success event: the account is found', async () => {
    const page = await visit({ provider: 'slack' });
    await press(page, 'Connect');
    const [popup] = await Promise.all([page.waitForEvent('popup'), connectInHub(page)]);
    await press(page, 'Leave');
    await phase(page, 'closed');
    expect(await page.locator('stackone-hub').count()).toBe(0);
    await popup.getByRole('button', { name: 'Approve' }).click();
    await popup.getByRole('status').waitFor();
    await focusWindow(page);
    await page.locator('#linked li').waitFor();
    expect(await linked(page)).toEqual(['slack']);
    await phase(page, 'closed');
  });

  test('`close` event that bubbles: a dialog around the Hub does not receive it', async () => {
    const page = await visit();
    await press(page, 'Connect');
    await fillBambooHr(page);
    await connectInHub(page);
    await phase(page, 'linked');
    await page.locator('stackone-hub').getByRole('button', { name: 'Close' }).click();
    await phase(page, 'closed');
    expect(await page.getByText('Closed 0 times').count()).toBe(1);
  });

  test('Hub script that fails to load: the page gets hub-not-loaded, and retry loads it again', async () => {
    expectConsoleErrors(/ERR_FAILED|The Hub could not be loaded/);
    const page = await visit();
    await page.route('**/demo/hub.js', (route) => route.abort(), { times: 1 });
    await press(page, 'Connect');
    await failure(page, 'hub-not-loaded');
    await press(page, 'Retry');
    await subdomain(page).waitFor();
  });

  test('detach removes the Hub and keeps the flow open', async () => {
    const page = await visit();
    await press(page, 'Connect');
    await subdomain(page).waitFor();
    await press(page, 'Detach');
    expect(await page.locator('stackone-hub').count()).toBe(0);
    await phase(page, 'open');
    await press(page, 'Leave');
    await phase(page, 'closed');
  });
});
