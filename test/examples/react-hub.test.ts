import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { tenants } from '../../demo/tenants.js';
import { describeInBrowser, overflowPixels, seriousAccessibilityProblems } from '../support/browser.js';
import { control } from '../support/emulator-client.js';
import { type Example, startExample } from '../support/example.js';
import { inPackage } from '../support/package-files.js';

const accountsSchema = z.array(z.looseObject({ provider: z.string(), status: z.string() }));
const acme = { origin_owner_id: tenants.acme.ownerId, origin_owner_name: tenants.acme.ownerName };

describeInBrowser('the React example', ({ open }) => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample('react-hub');
  }, 300_000);
  beforeEach(() => control(example.emulatorUrl, 'POST', '/reset'));
  afterAll(() => example?.stop());

  const accounts = async () =>
    accountsSchema.parse((await control(example.emulatorUrl, 'GET', '/accounts')).body);
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  async function visit(width = 1280): Promise<Page> {
    const viewport = { width, height: 900 };
    const page = await open([example.url, example.emulatorUrl], '/', { viewport });
    await page.getByRole('heading', { name: 'Available' }).waitFor();
    return page;
  }

  test('links an account from a button, and shows it among the connected ones', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
    await button(page, 'Connect').click();
    await page.getByText('Connection Successful').waitFor();
    await page.getByRole('listitem', { name: 'BambooHR' }).getByText('Connected').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await button(page, 'Connect BambooHR').count()).toBe(0);
    expect(await accounts()).toMatchObject([{ ...acme, provider: 'bamboohr', status: 'active' }]);
  });

  test('re-links an account that has stopped working', async () => {
    const seed = { ...acme, provider: 'personio', status: 'error' };
    await control(example.emulatorUrl, 'POST', '/accounts', seed);
    const page = await visit();
    await button(page, 'Reconnect Personio').click();
    await page.locator('input[name=client_id]').fill('papi-2');
    await button(page, 'Connect').click();
    await page.getByRole('listitem', { name: 'Personio' }).getByText('Connected').waitFor();
    expect(await accounts()).toMatchObject([{ ...acme, provider: 'personio', status: 'active' }]);
  });

  test('links an account in a design of its own, with the hook', async () => {
    const page = await visit();
    await button(page, 'Browse recruiting tools').click();
    await page.locator('.stackone-connect-hub').getByText('Greenhouse').click();
    await page.locator('input[name=api_key]').fill('key-123456');
    await button(page, 'Connect').click();
    await page.getByText('greenhouse is connected.').waitFor();
    await page.getByRole('listitem', { name: 'Greenhouse' }).getByText('Connected').waitFor();
    await button(page, 'Done').click();
    await button(page, 'Browse recruiting tools').waitFor();
    expect(await accounts()).toMatchObject([{ ...acme, provider: 'greenhouse', status: 'active' }]);
  });

  test('says what is wrong when StackOne cannot be reached, and begins again', async () => {
    const page = await visit();
    const fault = { status: 400, match: { path: '/connect_sessions' } };
    await control(example.emulatorUrl, 'POST', '/faults', fault);
    await button(page, 'Connect BambooHR').click();
    await page.getByRole('alert').getByText('StackOne did not accept this').waitFor();
    await button(page, 'Try again').click();
    await page.locator('input[name=subdomain]').waitFor();
  });

  test.each([1280, 390])(
    'fits the screen, and has no serious accessibility problem, at %i pixels',
    async (width) => {
      const page = await visit(width);
      expect(await overflowPixels(page)).toBe(0);
      expect(await seriousAccessibilityProblems(page)).toEqual([]);
      await button(page, 'Connect BambooHR').click();
      await page.locator('input[name=subdomain]').waitFor();
      expect(await overflowPixels(page)).toBe(0);
      expect(await seriousAccessibilityProblems(page)).toEqual([]);
    },
  );

  test('has the types of React 19, and can be built for production', () => {
    const cwd = inPackage('examples/react-hub');
    const { status, stdout } = spawnSync('npm', ['run', 'build'], {
      cwd,
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('built in') });
  }, 120_000);
});
