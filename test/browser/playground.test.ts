import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Demo } from '../../demo/start-demo.js';
import { describeInBrowser } from '../support/browser.js';
import { startTestDemo } from '../support/demo.js';

describeInBrowser('the playground', ({ open }) => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startTestDemo();
  });
  afterAll(() => demo.stop());

  test('runs its example operations with an access token, without requests to other hosts', async () => {
    const page = await open([demo.url], '/graphql');
    await page.getByRole('tab', { name: 'WhoAmI' }).waitFor();
    await page.getByRole('button', { name: /Execute query/ }).click();
    await page.getByText('Acme Corporation').first().waitFor();
    await page.getByRole('tab', { name: 'Connect' }).click();
    // GraphiQL selects the operation of the tab after a delay, without a visible change.
    await sleep(1_000);
    await page.getByRole('button', { name: /Execute query/ }).click();
    await page.getByText('LINK').first().waitFor();
    expect(demo.emulator.history.some(({ path }) => path === '/connect_sessions')).toBe(true);
  });

  test('shows the schema with its descriptions', async () => {
    const page = await open([demo.url], '/graphql');
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Mutation' }).click();
    await page.getByRole('link', { name: 'createConnectSession' }).first().click();
    await page.getByText('The customer comes from the login of the caller, never from an argument.').first().waitFor();
  });

  test('stores no access token in the browser', async () => {
    const page = await open([demo.url], '/graphql');
    await page.getByRole('tab', { name: 'WhoAmI' }).waitFor();
    const stored = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(stored).not.toMatch(/eyJ|Bearer/);
  });
});
