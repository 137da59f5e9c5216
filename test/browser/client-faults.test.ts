import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { tenants } from '../../demo/tenants.js';
import { describeInBrowser, focusWindow } from '../support/browser.js';
import { startTestDemo } from '../support/demo.js';
import { type Frontend, startFrontend } from '../support/frontend.js';

const acme = {
  origin_owner_id: tenants.acme.ownerId,
  origin_owner_name: tenants.acme.ownerName,
};

// What the real Hub gets wrong, fault by fault, in a page that uses the client without a framework.
describeInBrowser('what the Hub gets wrong', ({ open, expectConsoleErrors }) => {
  let demo: Demo;
  let site: Frontend;

  beforeEach(async () => {
    demo = await startTestDemo();
    site = await startFrontend('plain-page.ts', demo.url);
  });
  afterEach(async () => {
    site.stop();
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
  const phase = (page: Page, name: string) =>
    page.locator('#phase').getByText(name, { exact: true }).waitFor();
  const failure = (page: Page, kind: string) =>
    page.locator('#failure').getByText(kind, { exact: true }).waitFor();
  const linked = (page: Page) => page.locator('#linked li').allTextContents();
  const subdomain = (page: Page) => page.locator('input[name=subdomain]');
  const minted = () =>
    demo.emulator.history.filter(({ method, path }) => method === 'POST' && path === '/connect_sessions')
      .length;
  const tokenOf = (page: Page) => page.locator('stackone-hub').getAttribute('token');

  /** Time goes on for the page and for StackOne alike. */
  async function passMinutes(page: Page, minutes: number): Promise<void> {
    demo.emulator.advance(minutes * 60);
    await page.clock.fastForward(minutes * 60_000);
  }

  /** In which a renewal that must not be would have come to its end: the page's own clock stands still. */
  const realMoment = () => new Promise((resolve) => setTimeout(resolve, 750));

  async function untilRenewed(page: Page): Promise<void> {
    const response = page.waitForResponse((response) => response.url().endsWith('/graphql'));
    await passMinutes(page, 29.6);
    await (await response).finished();
    await subdomain(page).waitFor();
  }

  test('a token that has ended shows no tools and says nothing: the page is told instead', async () => {
    const page = await visit();
    await press(page, 'Connect');
    await subdomain(page).fill('acme');
    await passMinutes(page, 29.6);
    await realMoment();
    // What was typed is not taken away by a renewal.
    expect(await subdomain(page).inputValue()).toBe('acme');
    await passMinutes(page, 1);
    await failure(page, 'session-expired');
    expect(await page.locator('stackone-hub').count()).toBe(0);
    expect(await page.getByText('No configured integrations').count()).toBe(0);
    await press(page, 'Retry');
    await subdomain(page).waitFor();
  });

  test('a token that is changed in place is ignored: a new one gets a new Hub', async () => {
    const page = await visit();
    await press(page, 'Connect');
    await subdomain(page).waitFor();
    const before = await page.locator('stackone-hub').elementHandle();
    const token = await tokenOf(page);
    await untilRenewed(page);
    expect(await before?.isVisible()).toBe(false);
    expect(await tokenOf(page)).not.toBe(token);
    await passMinutes(page, 2);
    await subdomain(page).fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
    await connectInHub(page);
    await phase(page, 'linked');
    expect(await linked(page)).toEqual(['bamboohr']);
  });

  test('a tab that nobody looks at mints no sessions until morning', async () => {
    const page = await visit();
    await press(page, 'Connect');
    await subdomain(page).waitFor();
    await page.evaluate(`Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })`);
    await passMinutes(page, 29.6);
    await realMoment();
    await passMinutes(page, 60);
    await failure(page, 'session-expired');
    expect(minted()).toBe(1);
  });

  test.each([401, 403])(
    'after a refused change, status %i, it says `success`: the server is asked',
    async (status) => {
      expectConsoleErrors(/hub\/accounts/);
      const { id } = demo.emulator.addAccount({ provider: 'bamboohr', ...acme, status: 'error' });
      const page = await visit({ account: id });
      await press(page, 'Reconnect');
      await subdomain(page).fill('acme-uk');
      demo.emulator.failNext({ status, match: { method: 'PATCH', path: '/hub/accounts' } });
      await connectInHub(page);
      await failure(page, 'not-linked');
      expect(await linked(page)).toEqual([]);
    },
  );

  test('taken away while its OAuth window is open, it never says that the account was linked', async () => {
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

  test('its `close` bubbles into a dialog around it: the dialog does not hear it', async () => {
    const page = await visit();
    await press(page, 'Connect');
    await subdomain(page).fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
    await connectInHub(page);
    await phase(page, 'linked');
    await page.locator('stackone-hub').getByRole('button', { name: 'Close' }).click();
    await phase(page, 'closed');
    expect(await page.getByText('Closed 0 times').count()).toBe(1);
  });

  test('its script may not come: the page is told, and the next try loads it again', async () => {
    expectConsoleErrors(/ERR_FAILED/);
    const page = await visit();
    await page.route('**/demo/hub.js', (route) => route.abort(), { times: 1 });
    await press(page, 'Connect');
    await failure(page, 'hub-not-loaded');
    await press(page, 'Retry');
    await subdomain(page).waitFor();
  });

  test('detached, it goes, and the flow goes on without it', async () => {
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
