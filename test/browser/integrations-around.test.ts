import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { describeInBrowser, focusWindow } from '../support/browser.js';
import { startTestDemo, tenantOwner } from '../support/demo.js';
import { button, waitForFirstReads, waitForText } from '../support/hub-page.js';

// What changes around <connect-integrations>: the language of the page, the network, the permissions, a translation.
describeInBrowser('connect-integrations and its surroundings', ({ open, expectConsoleErrors }) => {
  let demo: Demo;

  beforeAll(async () => {
    demo = await startTestDemo();
  });
  beforeEach(() => {
    demo.emulator.reset();
    demo.emulator.addAccount({ provider: 'greenhouse', ...tenantOwner(), label: 'Recruiting' });
  });
  afterAll(() => demo.stop());

  const visit = async () => {
    const page = await open([demo.url, demo.emulator.url], '/');
    await page.locator('.stackone-connect-account').first().waitFor();
    await waitForFirstReads(demo);
    return page;
  };
  const rows = (page: Page) => page.locator('.stackone-connect-account').allInnerTexts();

  test('translated by the browser: an update shows the texts of each account and provider in its own place', async () => {
    const hubspot = demo.emulator.addAccount({ provider: 'hubspot', ...tenantOwner(), status: 'error' });
    const page = await visit();
    await waitForText(page, 'Not working');
    // As the translation of Chrome: another node in the place of each text.
    await page.evaluate(`{
      const texts = document.createTreeWalker(document.querySelector('connect-integrations'), NodeFilter.SHOW_TEXT);
      const found = [];
      while (texts.nextNode()) found.push(texts.currentNode);
      for (const text of found.filter(({ data }) => data.trim() !== '')) {
        const font = document.createElement('font');
        font.textContent = text.data;
        text.replaceWith(font);
      }
    }`);
    expect((await rows(page))[0]).toContain('HubSpot');
    demo.emulator.updateAccount(hubspot.id, { status: 'active' });
    await waitForText(page, 'HubSpot works again.');
    const [first, second] = await rows(page);
    expect(first).toMatch(/^Greenhouse\s+Recruiting\s+Connected/);
    expect(second).toMatch(/^HubSpot\s+Connected/);
    await page.getByRole('searchbox').fill('slack');
    await waitForText(page, '1 integration');
    expect(await page.locator('.stackone-connect-card').first().innerText()).toMatch(/^Slack\s+Messaging\s+Connect/);
  });

  test('follows a changed language of the page, without another update', async () => {
    const page = await visit();
    await page.evaluate(`document.querySelector('connect-integrations').language = null`);
    await page.evaluate(`document.documentElement.lang = 'de'`);
    await page.getByRole('heading', { name: 'Ihre Verbindungen' }).waitFor();
  });

  test('reads the accounts as soon as the network is back, not after the pause between failed reads', async () => {
    expectConsoleErrors(/Failed to load resource/);
    const page = await visit();
    await page.context().setOffline(true);
    await page.evaluate(`document.querySelector('connect-integrations').integrations.refresh()`);
    await waitForText(page, 'The server cannot be reached.');
    // After six failures, the pause has at least half of its maximum.
    for (let failures = 1; failures < 7; failures++) {
      const failed = page.waitForEvent('requestfailed');
      await page.clock.fastForward(60_000);
      await failed;
    }
    await page.clock.pauseAt(Date.now() + 3_600_000);
    await page.context().setOffline(false);
    await page.clock.runFor(1_000);
    await page.getByText('The server cannot be reached.').waitFor({ state: 'detached' });
  });

  test('shows permissions that have changed when the user returns to the page, and does not read them on each return', async () => {
    const page = await visit();
    const reads: string[] = [];
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('"integrations"') !== true) {
        await route.continue();
        return;
      }
      reads.push('integrations');
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('"canManage":true', '"canManage":false') });
    });
    const accountsRead = page.waitForResponse('**/graphql');
    await focusWindow(page);
    await accountsRead;
    expect(reads).toEqual([]);
    await page.clock.fastForward(31_000);
    await focusWindow(page);
    await focusWindow(page);
    await waitForText(page, 'Ask an administrator of your organization to manage connections.');
    expect(await page.getByRole('button', { name: /Reconnect|Disconnect/ }).count()).toBe(0);
    expect(reads).toEqual(['integrations']);
  });

  test('a page that could not be loaded is loaded when the user returns, without a click on Try again', async () => {
    expectConsoleErrors(/Failed to load resource/);
    const page = await visit();
    await page.route('**/graphql', (route) => route.abort());
    await page.evaluate(`{
      const element = document.querySelector('connect-integrations');
      element.client = { ...element.client };
    }`);
    await button(page, 'Try again').waitFor();
    await page.unroute('**/graphql');
    await focusWindow(page);
    await waitForText(page, 'Recruiting');
  });

  test('a double click on Add another asks which account to update, and is not the answer as well', async () => {
    const page = await visit();
    const another = button(page, 'Add another: Greenhouse');
    await another.click();
    const update = button(page, 'Update this connection: Recruiting');
    const { x = 0, y = 0 } = (await update.boundingBox()) ?? {};
    await page.keyboard.press('Escape');
    // The button of the dialog is exactly where this button is.
    await another.evaluate(
      (node, place) => {
        node.setAttribute('style', `position: fixed; left: ${place.x}px; top: ${place.y}px; z-index: 9`);
      },
      { x, y },
    );
    await page.mouse.dblclick(x + 9, y + 9);
    await update.waitFor();
    await page.getByRole('heading', { name: 'Connect another Greenhouse' }).waitFor();
    expect(demo.emulator.history.filter(({ path }) => path.startsWith('/connect_sessions'))).toEqual([]);
    await update.click();
    await page.getByRole('heading', { name: 'Reconnect Greenhouse “Recruiting”' }).waitFor();
    await page.locator('stackone-hub').waitFor();
  });

  test('after Show all integrations, the focus is in the catalog', async () => {
    const page = await visit();
    await page.getByRole('searchbox').fill('no such tool');
    await button(page, 'Show all integrations').press('Enter');
    await waitForText(page, '11 integrations');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('All integrations');
  });

  test('accounts of one provider with the same label, or without one, have different names and texts', async () => {
    const ids = [
      ...demo.emulator.accounts().filter(({ label }) => label === 'Recruiting'),
      demo.emulator.addAccount({ provider: 'greenhouse', ...tenantOwner(), label: 'Recruiting' }),
      demo.emulator.addAccount({ provider: 'greenhouse', ...tenantOwner() }),
      demo.emulator.addAccount({ provider: 'greenhouse', ...tenantOwner() }),
    ].map(({ id }) => id.slice(-4));
    const page = await visit();
    await page.locator('.stackone-connect-account').nth(3).waitFor();
    const texts = await rows(page);
    const names = await page
      .getByRole('button', { name: /^Disconnect: / })
      .evaluateAll((buttons) => buttons.map((node) => node.getAttribute('aria-label') ?? ''));
    await button(page, 'Add another: Greenhouse').click();
    const choices = page.getByRole('button', { name: /^Update this connection: / });
    await choices.first().waitFor();
    const answers = await choices.evaluateAll((buttons) =>
      buttons.map((node) => node.getAttribute('aria-label') ?? ''),
    );
    for (const list of [texts, names, answers]) {
      expect(list.map((text) => ids.find((id) => text.includes(id)))).toEqual(ids);
    }
  });

  test('the heading of an account has a space between the provider and the label for screen readers', async () => {
    const page = await visit();
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send('Accessibility.getFullAXTree');
    const headings = nodes.filter(({ role }) => role?.value === 'heading').map(({ name }): unknown => name?.value);
    expect(headings).toContain('Greenhouse Recruiting');
  });

  test('a Hub that throws, such as in a frame whose storage the browser blocks, is reported and can be closed', async () => {
    expectConsoleErrors(/storage is blocked/);
    const page = await visit();
    await page.evaluate(
      `Object.defineProperty(window, 'localStorage', { get() { throw new Error('The storage is blocked'); } })`,
    );
    await button(page, 'Connect BambooHR').click();
    await waitForText(page, 'The connection window could not be loaded');
    await button(page, 'Close').click();
    await page.locator('dialog').waitFor({ state: 'detached' });
  });

  test('a notice is at the edge of the window in browsers that lay out a container as its own page', async () => {
    const page = await visit();
    await page.setViewportSize({ width: 400, height: 400 });
    await page.evaluate(`for (const element of document.querySelectorAll('connect-integrations, connect-integrations *'))
      if (getComputedStyle(element).containerType !== 'normal') element.style.contain = 'layout';`);
    await button(page, 'Disconnect: Greenhouse “Recruiting”').click();
    await button(page, 'Disconnect').click();
    const toast = page.locator('.stackone-connect-toast');
    await toast.waitFor();
    const { y, height } = (await toast.boundingBox()) ?? { y: 0, height: 0 };
    expect(y + height).toBeLessThanOrEqual(400);
  });

  test('the browser skips rows far outside of the window until the focus reaches them', async () => {
    for (let index = 0; index < 60; index += 1) {
      demo.emulator.addAccount({ provider: 'greenhouse', ...tenantOwner(), label: `Team ${index}` });
    }
    const page = await visit();
    const last = page.locator('.stackone-connect-account').nth(60).getByRole('button').first();
    await last.waitFor();
    const isRendered = () => last.evaluate((node) => node.checkVisibility({ contentVisibilityAuto: true }));
    expect(await isRendered()).toBe(false);
    await last.focus();
    expect(await isRendered()).toBe(true);
  });
});
