import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import {
  accessibilityCases,
  describeInBrowser,
  focusedName,
  overflowPixels,
  seriousAccessibilityProblems,
} from '../support/browser.js';
import { startTestDemo, tenantOwner } from '../support/demo.js';
import { button, fillBambooHr, waitForText } from '../support/hub-page.js';

// Account changes on pages that nobody reloads.
describeInBrowser('the demo page while accounts change', ({ open }) => {
  let demo: Demo;

  beforeEach(async () => {
    demo = await startTestDemo();
  });
  afterEach(() => demo.stop());

  async function openPage(tenant = 'acme', options: BrowserContextOptions = {}): Promise<Page> {
    const isLive = async (page: Page) => page.waitForResponse(`${demo.url}/graphql/stream`);
    const page = await open([demo.url, demo.emulator.url], '/', options);
    const live = isLive(page);
    await page.goto(`${demo.url}/?tenant=${tenant}`);
    await live;
    await page.getByRole('heading', { name: 'Your connections' }).waitFor();
    return page;
  }

  const row = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });
  const status = (page: Page) => page.locator('.stackone-connect-notices').getByText(/./).first();
  const greenhouse = () => {
    const account = demo.emulator.accounts().find(({ provider }) => provider === 'greenhouse');
    return account?.id ?? '';
  };

  test('shows and announces that an account stopped working, and that it works again', async () => {
    const page = await openPage();
    await row(page, 'Greenhouse “Recruiting”').getByText('Connected').waitFor();
    demo.emulator.updateAccount(greenhouse(), { status: 'error' });
    await row(page, 'Greenhouse “Recruiting”').getByText('Not working').waitFor();
    await button(page, 'Reconnect Greenhouse “Recruiting”').waitFor();
    expect(await status(page).textContent()).toContain('Greenhouse “Recruiting” has stopped working.');
    demo.emulator.updateAccount(greenhouse(), { status: 'active' });
    await row(page, 'Greenhouse “Recruiting”').getByText('Connected').waitFor();
    await waitForText(page, 'Greenhouse “Recruiting” works again.');
  });

  test('keeps two windows of a customer in sync, and shows the other customer nothing', async () => {
    const first = await openPage();
    const second = await openPage();
    const other = await openPage('globex');
    await button(first, 'Connect BambooHR').click();
    await fillBambooHr(first);
    await button(first, 'Connect').click();
    await row(second, 'BambooHR').waitFor();
    await waitForText(second, 'BambooHR was connected.');
    await waitForText(first, 'BambooHR is connected.');
    await button(second, 'Disconnect: BambooHR').click();
    await button(second, 'Disconnect').click();
    await row(first, 'BambooHR').waitFor({ state: 'detached' });
    await waitForText(first, 'BambooHR was disconnected.');
    // The change of the other customer comes last: what comes before it would have arrived.
    demo.emulator.addAccount({ provider: 'jira', ...tenantOwner() });
    await row(first, 'Jira').waitFor();
    expect(await other.locator('.stackone-connect-account').count()).toBe(1);
    expect(await other.locator('.stackone-connect-toast').count()).toBe(0);
  });

  test('breaks an account with the button of the demo bar, also after a reset of the emulator', async () => {
    const page = await openPage();
    await button(page, 'Break an account').click();
    await waitForText(page, 'Greenhouse “Recruiting” has stopped working.');
    await waitForText(page, 'The provider rejected the stored password.');
    await button(page, 'Break an account').click();
    await waitForText(page, 'No account works, so none can break.');
    demo.emulator.reset();
    demo.emulator.addAccount({ provider: 'jira', ...tenantOwner() });
    await waitForText(page, 'Jira was connected.');
  });

  test('moves the focus to the list when the focused account is removed elsewhere, and to nothing else', async () => {
    const page = await openPage();
    const { id } = demo.emulator.addAccount({ provider: 'jira', ...tenantOwner() });
    await row(page, 'Jira').waitFor();
    expect(await focusedName(page)).not.toBe('Your connections');
    await button(page, 'Disconnect: Jira').focus();
    const sdkToken = await page.evaluate(async () => (await (await fetch('/demo/token?tenant=acme')).json()).token);
    await page.evaluate(
      ([token, accountId]) =>
        fetch('/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({
            query: `mutation { deleteLinkedAccount(accountId: "${accountId}") { deletedAccountId } }`,
          }),
        }),
      [sdkToken, id],
    );
    await row(page, 'Jira').waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('Your connections');
  });

  test.each(accessibilityCases)('has no serious accessibility problem, %s at %i pixels', async (colorScheme, width) => {
    const page = await openPage('acme', { colorScheme, viewport: { width, height: 844 }, reducedMotion: 'reduce' });
    await button(page, 'Break an account').click();
    await waitForText(page, 'Greenhouse “Recruiting” has stopped working.');
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    expect(await overflowPixels(page)).toBe(0);
    if (process.env['SHOTS'] !== undefined) {
      await page.screenshot({ path: `${process.env['SHOTS']}/live-${colorScheme}-${width}.png` });
    }
  });
});
