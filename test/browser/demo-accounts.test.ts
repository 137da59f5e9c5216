import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import {
  accessibilityCases,
  describeInBrowser,
  overflowPixels,
  seriousAccessibilityProblems,
} from '../support/browser.js';
import { startTestDemo, tenantOwner } from '../support/demo.js';
import { button, fillBambooHr, waitForFirstReads, waitForText } from '../support/hub-page.js';
import { sessionRequests } from '../support/test-env.js';

// Several accounts of one provider.
describeInBrowser('the demo page with linked accounts of a provider', ({ open }) => {
  let demo: Demo;

  beforeEach(async () => {
    demo = await startTestDemo();
  });
  afterEach(() => demo.stop());

  async function openPage(options = {}): Promise<Page> {
    const page = await open([demo.url, demo.emulator.url], '/', options);
    await page.getByRole('heading', { name: 'All integrations' }).waitFor();
    await waitForFirstReads(demo);
    return page;
  }

  const row = (page: Page, name: string | RegExp) => page.getByRole('listitem', { name, exact: true });
  const add = (label?: string) =>
    demo.emulator.addAccount({ provider: 'bamboohr', ...tenantOwner(), ...(label !== undefined && { label }) });
  const bambooHrAccounts = () => demo.emulator.accounts().filter(({ provider }) => provider === 'bamboohr');

  test('connects the first account with a name', async () => {
    const page = await openPage();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    await button(page, 'Name this account').click();
    await page.getByLabel('Name of this account').fill('Berlin office');
    await button(page, 'Continue').click();
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await waitForText(page, 'BambooHR “Berlin office” is connected.');
    expect(bambooHrAccounts()).toMatchObject([{ label: 'Berlin office' }]);
  });

  test('connects a provider whose form has a list of options', async () => {
    const page = await openPage();
    await button(page, 'Connect Lever').click();
    await page.locator('[data-malachite-dropdown-trigger]').click();
    await page.locator('[data-malachite-overlay]').getByText('Sandbox').click();
    await page.locator('input[name=api_key]').fill('key-123456');
    await button(page, 'Connect').click();
    await waitForText(page, 'Lever is connected.');
  });

  test('updates the account that the user chooses', async () => {
    const { id } = add('Berlin');
    const page = await openPage();
    await button(page, 'Add another: BambooHR').click();
    await button(page, 'Update this connection: Berlin').click();
    await page.getByRole('heading', { name: 'Reconnect BambooHR “Berlin”' }).waitFor();
    await page.locator('input[name=subdomain]').fill('acme-new');
    await button(page, 'Connect').click();
    await waitForText(page, 'BambooHR “Berlin” is connected.');
    expect(bambooHrAccounts()).toMatchObject([{ id, label: 'Berlin' }]);
    expect(sessionRequests(demo.emulator)).toMatchObject([{ body: { account_id: id } }]);
  });

  test('asks when a colleague has linked the provider since the page was loaded, and creates no session before', async () => {
    const page = await openPage();
    demo.emulator.settings.webhookFault = 'drop';
    const { id } = add('Of a colleague');
    await button(page, 'Connect BambooHR').click();
    await button(page, 'Update this connection: Of a colleague').waitFor();
    expect(sessionRequests(demo.emulator)).toEqual([]);
    await page.getByLabel('Name of another account').fill('Mine');
    await page.keyboard.press('Enter');
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await row(page, 'BambooHR “Mine”').waitFor();
    expect(bambooHrAccounts()).toMatchObject([{ id, label: 'Of a colleague' }, { label: 'Mine' }]);
  });

  test('distinguishes two accounts without names when one is disconnected', async () => {
    const [first, second] = [add(), add()];
    const page = await openPage();
    const name = (id: string) => new RegExp(`^Disconnect: BambooHR – Linked on .* \\(…${id.slice(-4)}\\)$`);
    await page.getByRole('button', { name: name(first.id) }).waitFor();
    await page.getByRole('button', { name: name(second.id) }).click();
    await page.getByRole('heading', { name: `(…${second.id.slice(-4)})?` }).waitFor();
    await button(page, 'Disconnect').click();
    await waitForText(page, / is disconnected\./);
    expect(bambooHrAccounts()).toMatchObject([{ id: first.id }]);
    // The only account needs no distinction.
    await row(page, 'BambooHR').waitFor();
  });

  test('says in the choice of all tools that a connected tool is updated', async () => {
    const page = await openPage();
    await button(page, 'Browse: All integrations').click();
    await waitForText(page, 'Choosing a connected tool updates its connection.');
  });

  test.each(accessibilityCases)('has no serious accessibility problem, %s at %i pixels', async (colorScheme, width) => {
    add();
    add('The office in Berlin with a long name');
    const page = await openPage({ colorScheme, viewport: { width, height: 844 }, reducedMotion: 'reduce' });
    await button(page, 'Add another: BambooHR').click();
    await page.getByLabel('Name of another account').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    expect(await overflowPixels(page)).toBe(0);
  });
});
