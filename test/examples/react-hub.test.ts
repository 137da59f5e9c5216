import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { describeInBrowser } from '../support/browser.js';
import { acme, type Example, startExample } from '../support/example.js';
import { testScreens } from '../support/example-screens.js';

describeInBrowser('the React example', ({ open }) => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample('react-hub');
  }, 300_000);
  beforeEach(() => example.control('POST', '/reset'));
  afterAll(() => example?.stop());

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  async function visit(width = 1280): Promise<Page> {
    const viewport = { width, height: 900 };
    const page = await open([example.url, example.emulatorUrl], '/', { viewport });
    await page.getByRole('heading', { name: 'Available' }).waitFor();
    return page;
  }

  test('links an account with the button and shows it in the list', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
    await button(page, 'Connect').click();
    await page.getByText('Connection Successful').waitFor();
    await page.getByRole('listitem', { name: 'BambooHR' }).getByText('Connected').waitFor();
    // The account is in the list before the dialog has shown its success.
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await button(page, 'Connect BambooHR').count()).toBe(0);
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'bamboohr', status: 'active' }]);
  });

  test('asks before it updates a linked account, and names another one', async () => {
    await example.control('POST', '/accounts', { ...acme, provider: 'bamboohr', label: 'Berlin' });
    const page = await visit();
    await button(page, 'Update or add BambooHR').click();
    await page.getByRole('button', { name: /^Update this connection/ }).waitFor();
    await page.getByLabel('Name of another account').fill('Hamburg');
    await button(page, 'Connect another').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
    await button(page, 'Connect').click();
    await page.getByRole('listitem', { name: 'BambooHR' }).getByText('Hamburg').waitFor();
    expect((await example.accounts()).map(({ label }) => label)).toEqual(['Berlin', 'Hamburg']);
  });

  test('re-links an account that has stopped working', async () => {
    const seed = { ...acme, provider: 'personio', status: 'error' };
    await example.control('POST', '/accounts', seed);
    const page = await visit();
    await button(page, 'Reconnect Personio').click();
    await page.locator('input[name=client_id]').fill('papi-2');
    await button(page, 'Connect').click();
    await page.getByRole('listitem', { name: 'Personio' }).getByText('Connected').waitFor();
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'personio', status: 'active' }]);
  });

  test('links an account with the hook in a custom design', async () => {
    const page = await visit();
    await button(page, 'Browse recruiting tools').click();
    await page.locator('.stackone-connect-hub').getByText('Greenhouse').click();
    await page.locator('input[name=api_key]').fill('key-123456');
    await button(page, 'Connect').click();
    await page.getByText('The account is connected.').waitFor();
    await page.getByRole('listitem', { name: 'Greenhouse' }).getByText('Connected').waitFor();
    await button(page, 'Done').click();
    await button(page, 'Browse recruiting tools').waitFor();
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'greenhouse', status: 'active' }]);
  });

  test('shows an account that stops working, and one that was linked elsewhere, without a reload', async () => {
    // The reset has restored the settings of the demo, with its webhooks.
    const { body } = await example.control('POST', '/accounts', { ...acme, provider: 'personio' });
    const { id } = z.looseObject({ id: z.string() }).parse(body);
    const page = await visit();
    await page.getByRole('listitem', { name: 'Personio' }).getByText('Connected').waitFor();
    await example.control('PATCH', `/accounts/${id}`, { status: 'error' });
    await button(page, 'Reconnect Personio').waitFor();
    await example.control('POST', '/accounts', { ...acme, provider: 'bamboohr' });
    await page.getByRole('listitem', { name: 'BambooHR' }).getByText('Connected').waitFor();
  });

  test('shows a message when StackOne is not reachable, and starts again', async () => {
    const page = await visit();
    const fault = { status: 400, match: { path: '/connect_sessions' } };
    await example.control('POST', '/faults', fault);
    await button(page, 'Connect BambooHR').click();
    await page.getByRole('alert').getByText('StackOne rejected the request').waitFor();
    await button(page, 'Try again').click();
    await page.locator('input[name=subdomain]').waitFor();
  });

  testScreens(visit);

  test('compiles with the types of React 19 and builds for production', () => {
    expect(example.build()).toMatchObject({ status: 0, stdout: expect.stringContaining('built in') });
  }, 120_000);
});
