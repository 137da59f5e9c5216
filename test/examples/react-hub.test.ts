import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { describeInBrowser } from '../support/browser.js';
import { acme, type Example, startExample } from '../support/example.js';
import { button, linkBambooHr } from '../support/hub-page.js';
import { inPackage, readText } from '../support/package-files.js';

describeInBrowser('the React example', ({ open }) => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample('react-hub');
  }, 300_000);
  beforeEach(() => example.control('POST', '/reset'));
  afterAll(() => example?.stop());

  test('has at most 15 lines of code', () => {
    const source = 'examples/react-hub/src';
    const lines = readdirSync(inPackage(source)).flatMap((name) => readText(join(source, name)).trim().split('\n'));
    expect(lines.length).toBeLessThanOrEqual(15);
    expect(readText('examples/react-hub/index.html').split('<script')).toHaveLength(2);
  });

  test('links an account', async () => {
    const page = await open([example.url, example.emulatorUrl], '/');
    await linkBambooHr(page);
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'bamboohr', status: 'active' }]);
  });

  test('re-links an account that has stopped working', async () => {
    await example.control('POST', '/accounts', { ...acme, provider: 'personio', status: 'error' });
    const page = await open([example.url, example.emulatorUrl], '/');
    await button(page, 'Reconnect Personio').click();
    await page.locator('input[name=client_id]').fill('papi-2');
    await button(page, 'Connect').click();
    await page.getByText('Personio is connected.').first().waitFor();
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'personio', status: 'active' }]);
  });

  test('compiles with the types of React 19 and builds for production', () => {
    expect(example.build()).toMatchObject({ status: 0, stdout: expect.stringContaining('built in') });
  }, 120_000);
});
