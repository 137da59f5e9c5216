import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { tenants } from '../../demo/tenants.js';
import { accessibilityProblems, describeInBrowser, overflowPixels } from '../support/browser.js';
import { startTestDemo, tenantOwner } from '../support/demo.js';
import { type Frontend, startFrontend } from '../support/frontend.js';
import { button, fillBambooHr, waitForText } from '../support/hub-page.js';
import { waitUntil } from '../support/wait.js';

// <connect-integrations> on the page of the demo, and <ConnectIntegrations> on a page with React.
describeInBrowser('connect-integrations', ({ open, expectConsoleErrors }) => {
  let demo: Demo;
  let site: Frontend;

  beforeAll(async () => {
    demo = await startTestDemo();
    site = await startFrontend('integrations-page.tsx', demo.url);
  });
  beforeEach(() => {
    demo.emulator.reset();
    demo.emulator.addAccount({ provider: 'greenhouse', ...tenantOwner(), label: 'Recruiting' });
    demo.emulator.addAccount({ provider: 'hubspot', ...tenantOwner(), status: 'error' });
  });
  afterAll(async () => {
    await site.stop();
    await demo.stop();
  });

  const visit = (path: string, options?: BrowserContextOptions) => open([demo.url, demo.emulator.url], path, options);
  const element = (page: Page) => page.locator('connect-integrations');

  test('React: links and removes accounts with callbacks of the latest render, and takes properties away again', async () => {
    const page = await open([site.url, demo.emulator.url], `/?${new URLSearchParams({ hub: demo.emulator.url })}`);
    await page.getByRole('heading', { name: 'What is linked' }).waitFor();
    await waitForText(page, 'All good');
    expect(await element(page).getAttribute('class')).toBe('mine');
    expect(await button(page, 'Ask for an integration').count()).toBe(0);
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await waitForText(page, 'linked bamboohr');
    await button(page, 'Disconnect: BambooHR').click();
    await button(page, 'Disconnect').click();
    await waitForText(page, 'linked bamboohr removed bamboohr');
    await button(page, 'Toggle').click();
    await page.getByRole('searchbox').fill('Rippling');
    await button(page, 'Ask for an integration').click();
    await waitForText(page, 'asked for Rippling');
    await button(page, 'Toggle').click();
    await button(page, 'Ask for an integration').waitFor({ state: 'detached' });
  });

  test('React: a ref is called when the page is mounted, not when it is rendered again', async () => {
    const page = await open([site.url, demo.emulator.url], `/?${new URLSearchParams({ hub: demo.emulator.url })}`);
    await page.getByRole('heading', { name: 'What is linked' }).waitFor();
    const calls = () => page.locator('body').getAttribute('data-ref-calls');
    const before = await calls();
    await button(page, 'Toggle').click();
    await page.getByRole('searchbox').fill('Rippling');
    await button(page, 'Ask for an integration').waitFor();
    expect(await calls()).toBe(before);
  });

  test('shows a person who may not manage connections the reason, and no button that fails', async () => {
    const page = await visit('/?tenant=acme&person=sam');
    await waitForText(page, 'Ask an administrator of your organization to manage connections.');
    const connect = button(page, 'Connect BambooHR');
    expect(await connect.isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: /Reconnect|Disconnect|Browse/ }).count()).toBe(0);
    const reason = await connect.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${reason}"]`).textContent()).toContain('Ask an administrator');
  });

  test('a plan: an account of a provider outside of it can only be removed, and the limit is shown once for all', async () => {
    demo.emulator.reset();
    const joanna = tenantOwner(tenants.initech);
    demo.emulator.addAccount({ provider: 'hubspot', ...joanna, status: 'error' });
    const page = await visit('/?tenant=initech');
    const reconnect = button(page, 'Reconnect HubSpot');
    await reconnect.waitFor();
    expect(await reconnect.isDisabled()).toBe(true);
    expect(await button(page, 'Disconnect: HubSpot').isEnabled()).toBe(true);
    const reason = await reconnect.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${reason}"]`).textContent()).toBe('Your plan does not include this provider.');
    demo.emulator.addAccount({ provider: 'personio', ...joanna });
    const limit = page.getByText('Your plan does not allow further accounts.');
    await limit.waitFor();
    expect(await limit.count()).toBe(1);
    const connect = button(page, 'Connect Docebo');
    expect(await connect.isDisabled()).toBe(true);
    const note = await connect.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${note}"]`).textContent()).toContain('Your plan does not allow');
    // New sign-in details for an account that works need no place in the plan.
    await button(page, 'Reconnect Personio').click();
    await page.getByRole('heading', { name: 'Reconnect Personio' }).waitFor();
    await page.locator('stackone-hub').waitFor();
  });

  test('a new client, for another customer, closes the dialog and shows nothing of the previous customer', async () => {
    const page = await visit('/');
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await page.evaluate(`{
      const element = document.querySelector('connect-integrations');
      const never = new Promise(() => {});
      element.client = { ...element.client, sdk: { ...element.client.sdk, integrations: () => never } };
    }`);
    await page.getByRole('status', { name: 'Loading your integrations' }).waitFor();
    expect(await page.locator('dialog, .stackone-connect-account, .stackone-connect-card').count()).toBe(0);
  });

  test('shows nothing without a client', async () => {
    const page = await visit('/');
    await element(page).getByRole('heading', { name: 'Your connections' }).waitFor();
    await page.evaluate(`document.querySelector('connect-integrations').client = null`);
    await element(page).getByRole('heading').first().waitFor({ state: 'detached' });
    expect(await page.evaluate(`document.querySelector('connect-integrations').integrations`)).toBeNull();
  });

  test.each([
    ['', false],
    [', also one that a live update has removed before', true],
  ])(
    'in a shadow root: has the language of the document, and keeps the focus out of the row of another account%s',
    async (_when, isLate) => {
      const page = await visit('/');
      await page.locator('.stackone-connect-account').first().waitFor();
      await page.evaluate(`(() => {
      document.documentElement.lang = 'de';
      const element = document.querySelector('connect-integrations');
      element.language = null;
      const host = document.createElement('div');
      element.replaceWith(host);
      host.attachShadow({ mode: 'open' }).append(element);
    })()`);
      await element(page).getByRole('heading', { name: 'Ihre Verbindungen' }).waitFor();
      const languages = await element(page)
        .locator('[lang]')
        .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('lang')));
      expect(languages).toEqual(['de', 'de']);
      const untilRemoved = () =>
        element(page).locator('.stackone-connect-account').nth(1).waitFor({ state: 'detached' });
      await page.route('**/graphql', async (route) => {
        if (!isLate || route.request().postData()?.includes('deleteLinkedAccount') !== true) {
          await route.continue();
          return;
        }
        const response = await route.fetch();
        await untilRemoved();
        await route.fulfill({ response });
      });
      await button(page, 'Trennen: HubSpot').press('Enter');
      await page.locator('dialog').getByRole('button', { name: 'Trennen', exact: true }).press('Enter');
      await untilRemoved();
      await page.locator('dialog').waitFor({ state: 'detached' });
      expect(await page.evaluate(`document.activeElement.shadowRoot?.activeElement?.textContent`)).toBe(
        'Ihre Verbindungen',
      );
    },
  );

  test.each([
    ['nothing', 'element.hubSrc = null'],
    ['a page instead of its script', `element.hubSrc = '/hub-page'`],
    ['a module that does not define it', 'element.hubSrc = null; element.loadHub = async () => ({})'],
  ])('the Hub is %s: the dialog says that it could not be loaded, and is not empty', async (_source, change) => {
    const page = await visit('/');
    expectConsoleErrors(/Unexpected token|The Hub could not be loaded.*(hubSrc|\/hub-page)/);
    await page.route('**/hub-page', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    await page.evaluate(`{ const element = document.querySelector('connect-integrations'); ${change} }`);
    await button(page, 'Connect BambooHR').click();
    await page.getByRole('alert').getByText('The connection window could not be loaded').waitFor();
    expect(await page.locator('stackone-hub').count()).toBe(0);
  });

  test('a double click on Disconnect asks, and is not the answer as well', async () => {
    const page = await visit('/');
    const disconnect = button(page, 'Disconnect: HubSpot');
    await disconnect.click();
    const answer = page.locator('dialog .stackone-connect-danger');
    const { x = 0, y = 0 } = (await answer.boundingBox()) ?? {};
    await page.keyboard.press('Escape');
    // The button of the dialog is exactly where this button is.
    await disconnect.evaluate(
      (node, place) => {
        node.setAttribute('style', `position: fixed; left: ${place.x}px; top: ${place.y}px; z-index: 9`);
      },
      { x, y },
    );
    const { history } = demo.emulator;
    await page.mouse.dblclick(x + 9, y + 9);
    await answer.waitFor();
    expect(await answer.textContent()).toContain('Disconnect');
    expect(history.filter(({ method }) => method === 'DELETE')).toEqual([]);
    await answer.click();
    await waitForText(page, 'HubSpot is disconnected.');
  });

  test('hides a logo that cannot be loaded, and says that there are no providers instead of a search', async () => {
    expectConsoleErrors(/Failed to load resource/);
    const page = await visit('/');
    await page.locator('.stackone-connect-account').first().waitFor();
    const logo = page.locator('img.stackone-connect-logo').first();
    const opacity = () => logo.evaluate((node) => getComputedStyle(node).opacity);
    expect(await opacity()).toBe('1');
    await logo.evaluate((node) => node.setAttribute('src', '/missing.png'));
    await waitUntil(async () => (await opacity()) === '0', 'a hidden logo');
    await page.evaluate(`{
      const { fetch } = window;
      window.fetch = async (...request) => {
        const response = await fetch(...request);
        const text = await response.text();
        return new Response(text.replace(/"providers":\\[.*?\\}\\]/, '"providers":[]'), response);
      };
      const element = document.querySelector('connect-integrations');
      element.remove();
      setTimeout(() => document.querySelector('main').append(element));
    }`);
    await waitForText(page, 'There are no integrations to connect yet');
    expect(await page.getByRole('searchbox').count()).toBe(0);
    expect(await page.getByText('No matching integrations').count()).toBe(0);
  });

  // Six languages × light and dark × 320 and 1280 pixels, with the dialogs closed and open.
  test.each(['en', 'de', 'fr', 'es', 'it', 'ja'])(
    'has no accessibility problem and fits 320 pixels: %s',
    async (language) => {
      const page = await visit(`/?language=${language}`, { reducedMotion: 'reduce' });
      await page.locator('.stackone-connect-account').first().waitFor();
      await page.locator(`.stackone-connect-count >> text=/1[0-9]/`).first().waitFor();
      const problems: string[] = [];
      const check = async (state: string) => {
        for (const width of [320, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          expect([state, width, await overflowPixels(page)]).toEqual([state, width, 0]);
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            const found = await accessibilityProblems(page);
            problems.push(...found.map((problem) => `${state}, ${width}, ${colorScheme}: ${problem}`));
          }
        }
      };
      await check('page');
      const account = page.locator('.stackone-connect-account').first();
      await account.getByRole('button').last().click();
      await page.getByRole('alertdialog').waitFor();
      await check('removal');
      await page.keyboard.press('Escape');
      const card = page.locator('.stackone-connect-card').filter({ hasText: 'Greenhouse' });
      await card.getByRole('button').click();
      await page.locator('dialog input[name=label]').waitFor();
      await check('choice');
      await page.keyboard.press('Escape');
      expect(problems).toEqual([]);
    },
  );

  test('can be used with forced colors: the selected category and the edge of a button are visible', async () => {
    const page = await visit('/', { forcedColors: 'active' });
    await element(page).getByRole('heading', { name: 'Your connections' }).waitFor();
    const background = (selector: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);
    expect(await background('.stackone-connect-category input:checked + span')).not.toBe(
      await background('.stackone-connect-category input:not(:checked) + span'),
    );
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector('.stackone-connect-button')).borderTopStyle`),
    ).toBe('solid');
  });

  test('shows why a name is refused next to its field, which has the focus, so that it can be corrected', async () => {
    const page = await visit('/');
    await button(page, 'Add another: Greenhouse').click();
    const field = page.getByRole('textbox', { name: 'Name of another account' });
    expect(await field.getAttribute('aria-invalid')).toBe('false');
    await field.fill('Ber\u202Elin');
    await field.press('Enter');
    await page.locator('dialog .stackone-connect-notice').getByText('The label must have').waitFor();
    const invalid = page.locator('dialog input[aria-invalid=true]:focus');
    expect(await invalid.getAttribute('aria-describedby')).toBe(
      await page.locator('dialog .stackone-connect-notice').getAttribute('id'),
    );
    expect(await invalid.inputValue()).toBe('Ber\u202Elin');
    expect(await accessibilityProblems(page)).toEqual([]);
    await invalid.fill('Berlin');
    await invalid.press('Enter');
    await page.locator('stackone-hub').waitFor();
  });

  test('takes its design from custom properties, for the dialog as well', async () => {
    const page = await visit('/');
    await element(page).getByRole('heading', { name: 'Your connections' }).waitFor();
    await page.addStyleTag({ content: 'connect-integrations { --stackone-connect-danger: rgb(1, 2, 3) }' });
    await button(page, 'Disconnect: HubSpot').click();
    const color = (selector: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);
    expect(await color('dialog .stackone-connect-danger')).toBe('rgb(1, 2, 3)');
  });
});
