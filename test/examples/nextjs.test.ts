import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { describeInBrowser, seriousAccessibilityProblems } from '../support/browser.js';
import { type Example, openSignedIn, startExample } from '../support/example.js';
import { button, linkBambooHr } from '../support/hub-page.js';

// `npm start` builds the app for production, and starts this build.
describeInBrowser('the Next.js example', ({ open }) => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample('nextjs');
  }, 300_000);
  beforeEach(() => example.control('POST', '/reset'));
  afterAll(() => example?.stop());

  const row = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });

  const signIn = (person: string) => openSignedIn(open, example, person);

  test('links an account for the customer of the signed-in user, and shows it to no other customer', async () => {
    const ada = await signIn('Ada, of Acme Corporation');
    await linkBambooHr(ada);
    expect(await seriousAccessibilityProblems(ada)).toEqual([]);
    const hank = await signIn('Hank, of Globex');
    expect(await row(hank, 'BambooHR').getByText('Connected').count()).toBe(0);
    const acme = { origin_owner_id: 'acme', origin_owner_name: 'Acme Corporation' };
    expect(await example.accounts()).toMatchObject([{ provider: 'bamboohr', ...acme }]);
  });

  test('shows without a reload that an account stopped working', async () => {
    await example.control('PATCH', '/settings', { webhookUrl: `${example.url}/webhooks/stackone` });
    const ada = await signIn('Ada, of Acme Corporation');
    await linkBambooHr(ada);
    const [account] = z.tuple([z.looseObject({ id: z.string() })]).parse(await example.accounts());
    await example.control('PATCH', `/accounts/${account.id}`, { status: 'error' });
    await button(ada, 'Reconnect BambooHR').waitFor();
  });

  test('sends nothing to StackOne for a request without a session, and with a forged one', async () => {
    // {"alg":"none"} and {"sub":"ada"}
    for (const cookie of ['', 'session=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.']) {
      const response = await fetch(`${example.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify({ query: 'mutation { createConnectSession { token } }' }),
      });
      expect([response.status, await response.text()]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
    }
    const { status } = await fetch(`${example.url}/graphql/stream`, { method: 'POST', body: '{}' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect((await example.control('GET', '/history')).body).toEqual([]);
  });
});
