import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { describeInBrowser, executablePath } from '../support/browser.js';
import { afterFirstReads, type Example, historyOf, openSignedIn, startExample } from '../support/example.js';
import { button, linkBambooHr } from '../support/hub-page.js';
import { inPackage } from '../support/package-files.js';
import { type ProductSite, startProductSite } from '../support/product-site.js';
import { waitUntil } from '../support/wait.js';

const mint = JSON.stringify({ query: 'mutation { createConnectSession { token } }' });

describeInBrowser('the Express example', ({ open, expectConsoleErrors }) => {
  let example: Example;
  let otherSite: ProductSite;
  beforeAll(async () => {
    otherSite = await startProductSite('<!doctype html><title>Another site</title>');
    example = await startExample('express');
  }, 300_000);
  beforeEach(() => example.control('POST', '/reset'));
  afterAll(() => Promise.all([otherSite?.stop(), example?.stop()]));

  const signIn = (person: string, ...otherOrigins: string[]) => openSignedIn(open, example, person, otherOrigins);

  test('links an account for the customer of the signed-in user, and shows it to no other customer', async () => {
    const ada = await signIn('Ada, of Acme Corporation');
    await linkBambooHr(ada);
    const hank = await signIn('Hank, of Globex');
    await linkBambooHr(hank);
    expect(await example.accounts()).toMatchObject([
      { provider: 'bamboohr', origin_owner_id: 'acme', origin_owner_name: 'Acme Corporation' },
      { provider: 'bamboohr', origin_owner_id: 'globex', origin_owner_name: 'Globex' },
    ]);
  });

  // The login page and the accounts have one URL, and can have the same size and date, which is all that an ETag has.
  test('forbids the browser to keep a page that depends on the login', async () => {
    const { status, headers } = await fetch(example.url);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  });

  test('sends nothing to StackOne after the user signed out', async () => {
    expectConsoleErrors(/401/);
    const page = await signIn('Ada, of Acme Corporation');
    const other = await page.context().newPage();
    await afterFirstReads(example, () => other.goto(example.url));
    await button(other, 'Sign out').click();
    await button(other, 'Ada, of Acme Corporation').waitFor();
    await example.control('POST', '/reset');
    await button(page, 'Connect BambooHR').click();
    await page.getByRole('alert').getByText('signed out').waitFor();
    expect(await historyOf(example)).toEqual([]);
  });

  test('sends nothing to StackOne for a page of another site when its visitor is signed in', async () => {
    expectConsoleErrors(/./);
    // For a browser 127.0.0.1 and localhost are different sites.
    const elsewhere = otherSite.url.replace('127.0.0.1', 'localhost');
    const page = await signIn('Ada, of Acme Corporation', elsewhere);
    await example.control('POST', '/reset');
    await page.goto(elsewhere);
    for (const type of ['text/plain', 'application/json']) {
      await page.evaluate(`fetch('${example.url}/graphql', {
        method: 'POST', mode: '${type === 'text/plain' ? 'no-cors' : 'cors'}', credentials: 'include',
        headers: { 'content-type': '${type}' }, body: ${JSON.stringify(mint)},
      }).catch(() => undefined)`);
    }
    // Also if the cookie came along, as from a subdomain of the same site.
    const sameSite = await page.context().request.post(`${example.url}/graphql`, {
      headers: { 'content-type': 'text/plain', cookie: await cookieOf(page) },
      data: mint,
    });
    expect(sameSite.status()).toBe(400);
    expect(await historyOf(example)).toEqual([]);
  });

  const cookieOf = async (page: Page) =>
    (await page.context().cookies(example.url)).map(({ name, value }) => `${name}=${value}`).join('; ');

  test('logs that an account stopped working', async () => {
    await example.control('PATCH', '/settings', { webhookUrl: `${example.url}/webhooks/stackone` });
    const { body } = await example.control('POST', '/accounts', {
      provider: 'bamboohr',
      origin_owner_id: 'acme',
      origin_owner_name: 'Acme Corporation',
    });
    const { id } = z.looseObject({ id: z.string() }).parse(body);
    await waitUntil(() => example.output().includes(`Account ${id} of acme: LINKED`), 'the line about the link');
    await example.control('PATCH', `/accounts/${id}`, { status: 'error' });
    await waitUntil(() => example.output().includes(`Account ${id} of acme: BROKEN`), 'the line about the failure');
  });

  test('passes the Jest test of docs/testing.md', () => {
    const config = { rootDir: inPackage('examples/express'), testMatch: ['**/*.test.js'] };
    const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
    expectPassing([...jest, '--config', JSON.stringify(config)], /Tests: +5 passed, 5 total/);
  });

  test('passes the Playwright test of docs/testing.md', () => {
    const folder = mkdtempSync(join(tmpdir(), 'playwright-'));
    const config = join(folder, 'playwright.config.mjs');
    const use = { launchOptions: { executablePath, args: ['--no-sandbox'] } };
    const testDir = inPackage('examples/express');
    const options = {
      testDir,
      testMatch: '**/*.spec.js',
      outputDir: join(folder, 'results'),
      reporter: 'list',
      use,
    };
    writeFileSync(config, `export default ${JSON.stringify(options)}`);
    expectPassing(['node_modules/@playwright/test/cli.js', 'test', '--config', config], /2 passed/);
    rmSync(folder, { recursive: true });
  });

  function expectPassing(args: readonly string[], summary: RegExp): void {
    // Jest tells what it starts that it is Jest.
    const { JEST_WORKER_ID, NODE_OPTIONS, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync('node', args, {
      cwd: inPackage('.'),
      env,
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).toMatch(summary);
    expect(status).toBe(0);
  }

  test('stops every process that it started', async () => {
    await example.stop();
    await expect(fetch(example.url)).rejects.toThrow();
    await expect(fetch(example.emulatorUrl)).rejects.toThrow();
  });
});
