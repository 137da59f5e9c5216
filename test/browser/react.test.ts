import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { tenants } from '../../demo/tenants.js';
import {
  describeInBrowser,
  focusedName,
  focusWindow,
  overflowPixels,
  seriousAccessibilityProblems,
} from '../support/browser.js';
import { startTestDemo } from '../support/demo.js';
import { type Frontend, startFrontend } from '../support/frontend.js';

const acme = {
  origin_owner_id: tenants.acme.ownerId,
  origin_owner_name: tenants.acme.ownerName,
};

// The real server, the real Hub, and a page that uses all of the React part.
describeInBrowser('the React part', ({ open, expectConsoleErrors }) => {
  let demo: Demo;
  let site: Frontend;

  beforeEach(async () => {
    demo = await startTestDemo();
    site = await startFrontend('react-page.tsx', demo.url);
  });
  afterEach(async () => {
    site.stop();
    await demo.stop();
  });

  async function visit(parameters: Record<string, string> = {}, width = 1280): Promise<Page> {
    const query = new URLSearchParams({ hub: demo.emulator.url, ...parameters });
    const viewport = { width, height: 800 };
    const page = await open([site.url, demo.emulator.url], `/?${query}`, { viewport });
    await page.getByRole('heading', { name: 'Integrations' }).waitFor();
    return page;
  }

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });
  const shows = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
  const minted = () =>
    demo.emulator.history.filter((call) => call.method === 'POST' && call.path === '/connect_sessions')
      .length;

  async function fillBambooHr(page: Page): Promise<void> {
    await page.locator('input[name=subdomain]').fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
  }

  /** Time goes on for the page and for StackOne alike. */
  async function passMinutes(page: Page, minutes: number): Promise<void> {
    demo.emulator.advance(minutes * 60);
    await page.clock.fastForward(minutes * 60_000);
  }

  /** Until half a minute before the session ends, and until the new one is there. */
  async function renewal(page: Page): Promise<void> {
    const response = page.waitForResponse((response) => response.url().endsWith('/graphql'));
    await passMinutes(page, 29.6);
    await (await response).finished();
  }

  async function openConsent(page: Page): Promise<Page> {
    await button(page, 'Connect').waitFor();
    const [popup] = await Promise.all([page.waitForEvent('popup'), button(page, 'Connect').click()]);
    await popup.getByRole('button', { name: 'Approve' }).waitFor();
    return popup;
  }

  test('links an account from a button, whose dialog goes by itself before the page is told', async () => {
    const page = await visit();
    expect(minted()).toBe(0);
    await button(page, 'Connect BambooHR').click();
    await dialog(page, 'Connect BambooHR').waitFor();
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await shows(page, 'Connection Successful');
    await dialog(page, 'Connect BambooHR').getByRole('status').getByText('Connected.').waitFor();
    expect(await page.getByText('BambooHR is linked').count()).toBe(0);
    await shows(page, 'BambooHR is linked: ACTIVE');
    expect(await page.getByRole('dialog').count()).toBe(1);
    expect(minted()).toBe(1);
    expect(demo.emulator.accounts().at(-1)).toMatchObject({
      ...acme,
      provider: 'bamboohr',
      status: 'active',
    });
  });

  test('keeps the focus in the dialog, and gives it back on Escape and on Close', async () => {
    const page = await visit();
    for (const leave of [() => page.keyboard.press('Escape'), () => button(page, 'Close').click()]) {
      await button(page, 'Connect BambooHR').click();
      await page.locator('input[name=subdomain]').waitFor();
      expect(await focusedName(page)).toBe('Connect BambooHR');
      for (let presses = 0; presses < 12; presses += 1) {
        await page.keyboard.press('Tab');
        expect(['Begin', 'Take all away']).not.toContain(await focusedName(page));
      }
      await leave();
      await dialog(page, 'Connect BambooHR').waitFor({ state: 'detached' });
      expect(await focusedName(page)).toBe('Connect BambooHR');
    }
    expect(minted()).toBe(2);
  });

  test('hears of an account that is approved after the dialog was closed, with the latest function', async () => {
    const page = await visit();
    for (const count of [1, 2]) {
      await button(page, 'Connect Slack').click();
      const popup = await openConsent(page);
      await button(page, 'Close').click();
      await popup.getByRole('button', { name: 'Approve' }).click();
      await popup.getByRole('status').waitFor();
      await focusWindow(page);
      await shows(page, `${count} times linked`);
      // The Hub would use it again, and no other would open.
      await popup.close();
    }
  });

  test('says in words why it could not begin, and tries again', async () => {
    const page = await visit();
    await button(page, 'Connect nothing').click();
    await page.getByRole('alert').getByRole('heading', { name: 'This could not be started' }).waitFor();
    await button(page, 'Try again').click();
    await shows(page, 'This could not be started');
    expect(await focusedName(page)).toBe('Connect nothing');
    expect(minted()).toBe(0);
  });

  test('says how long to wait, and that nobody answers', async () => {
    expectConsoleErrors(/ERR_FAILED/);
    const page = await visit();
    const pause = { status: 429, headers: { 'retry-after': '7' } };
    demo.emulator.failNext({ ...pause, match: { path: '/connect_sessions' } }, 6);
    await button(page, 'Connect BambooHR').click();
    await shows(page, /Try again in \d seconds?\./);
    await page.route('**/graphql', (route) => route.abort());
    await button(page, 'Try again').click();
    await shows(page, 'The server cannot be reached');
  });

  test('says that the Hub could not be loaded, and loads it again', async () => {
    const page = await visit();
    await button(page, 'Connect later').click();
    await shows(page, 'The connection window could not be loaded');
    await button(page, 'Try again').click();
    await page.locator('input[name=subdomain]').waitFor();
  });

  test('does not call an account connected when the Hub does and the server does not', async () => {
    expectConsoleErrors(/hub\/accounts/);
    const account = demo.emulator.addAccount({ provider: 'bamboohr', ...acme, status: 'error' });
    const page = await visit({ account: account.id });
    await button(page, 'Reconnect').click();
    await dialog(page, 'Reconnect your account').waitFor();
    await page.locator('input[name=subdomain]').fill('acme-uk');
    demo.emulator.failNext({ status: 403, match: { method: 'PATCH', path: '/hub/accounts' } });
    await button(page, 'Connect').click();
    await shows(page, 'This is not connected yet');
    expect(await page.getByText('Connection Successful').count()).toBe(0);
  });

  test('offers to ask again when the server cannot confirm', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    demo.emulator.failNext({ status: 400, match: { method: 'GET', path: '/accounts' } });
    await button(page, 'Connect').click();
    await shows(page, 'This could not be confirmed');
    await button(page, 'Check again').click();
    await shows(page, 'BambooHR is linked: ACTIVE');
  });

  test('renews the session of a Hub that nobody has touched, with a new Hub', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    await renewal(page);
    expect(minted()).toBe(2);
    await passMinutes(page, 2);
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await shows(page, 'BambooHR is linked: ACTIVE');
  });

  test('leaves alone what somebody has typed, and says when it took too long', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await passMinutes(page, 29.6);
    expect(await page.locator('input[name=subdomain]').inputValue()).toBe('acme');
    await passMinutes(page, 1);
    await shows(page, 'This took too long');
    expect(await page.getByText('No configured integrations').count()).toBe(0);
    await button(page, 'Try again').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(minted()).toBe(2);
  });

  test('takes words and class names of the page’s own', async () => {
    const page = await visit();
    await button(page, 'Verbinden').click();
    await page.getByRole('heading', { name: 'Nein: refused' }).waitFor();
    expect(await button(page, 'Noch einmal').getAttribute('class')).toContain('mine-too');
    expect(await dialog(page, 'Verbinden').getAttribute('class')).toContain('mine');
    await button(page, 'Schließen').click();
  });

  test('is for a design of one’s own as well, with the web component as its Hub', async () => {
    const page = await visit();
    await button(page, 'Begin').click();
    await page.locator('input[name=client_id]').fill('papi-1');
    await page.locator('input[name=client_secret]').fill('papi-secret');
    await button(page, 'Connect').click();
    await shows(page, 'personio is linked');
    await page.getByRole('status').getByText('linked', { exact: true }).waitFor();
    // The Hub's own button, whose event would close the page's dialog as well.
    await page.locator('stackone-hub').getByRole('button').last().click();
    await page.getByRole('status').getByText('closed', { exact: true }).waitFor();
    expect(await page.getByText('Closed 0 times').count()).toBe(1);
  });

  test('ends with its component: nothing is fetched and nothing shown any more', async () => {
    const page = await visit();
    await button(page, 'Begin').click();
    await page.locator('input[name=client_id]').waitFor();
    await button(page, 'Take all away').click();
    await passMinutes(page, 29.6);
    await passMinutes(page, 2);
    expect(minted()).toBe(1);
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test.each([
    ['light', 1280],
    ['light', 390],
    ['dark', 1280],
    ['dark', 390],
  ] as const)('has no serious accessibility problem, %s at %i pixels', async (theme, width) => {
    const page = await visit({ theme }, width);
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    await button(page, 'Close').click();
    await button(page, 'Connect nothing').click();
    await page.getByRole('alert').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    expect(await overflowPixels(page)).toBe(0);
  });
});
