import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, seriousAccessibilityProblems } from '../support/browser.js';
import { acme, type Example, startExample } from '../support/example.js';
import { button, fillBambooHr, waitForText } from '../support/hub-page.js';
import { codeBlocks, inPackage } from '../support/package-files.js';
import { run } from '../support/run-in-project.js';

const [documents = '', cache = '', fetchMore = ''] = codeBlocks('docs/graphql-clients.md', 'ts');
/** The code of the document, in a program that reads all accounts of the demo customer in pages of two. */
const pagesScript = `
import { ApolloClient, gql, HttpLink } from '@apollo/client';
import { LinkedAccountsDocument } from 'stackone-connect-client';
${documents}
${cache}
const { token } = await (await fetch(process.env.EXAMPLE_URL + '/demo/token?tenant=acme')).json();
const headers = { authorization: 'Bearer ' + token };
const link = new HttpLink({ uri: process.env.EXAMPLE_URL + '/graphql', headers });
async function read(cache, document, addPage) {
  const query = new ApolloClient({ link, cache }).watchQuery({ query: document, variables: { first: 2 } });
  await new Promise((resolve) => query.subscribe(({ data }) => data && resolve()));
  while (query.getCurrentResult().data.linkedAccounts.pageInfo.hasNextPage) {
    await addPage(query);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return query.getCurrentResult().data.linkedAccounts;
}
const edgesDocument = gql\`query ($first: Int, $after: String) {
  linkedAccounts(first: $first, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
}\`;
const { edges } = await read(cache, edgesDocument, (query) =>
  query.fetchMore({ variables: { after: query.getCurrentResult().data.linkedAccounts.pageInfo.endCursor } }),
);
console.log('edges', new Set(edges.map(({ node }) => node.id)).size);
const { nodes } = await read(new InMemoryCache(), LinkedAccountsDocument, async (query) => {
  ${fetchMore}
});
console.log('nodes', new Set(nodes.map(({ id }) => id)).size);
process.exit();
`;

describeInBrowser('the Apollo Client example', ({ open, expectConsoleErrors }) => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample('apollo-client');
  }, 300_000);
  beforeEach(() => example.control('POST', '/reset'));
  afterAll(() => example?.stop());

  const row = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });
  const visit = () => open([example.url, example.emulatorUrl], '/');

  test('links an account and shows the state that the server returns', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await waitForText(page, 'The account is connected.');
    await row(page, 'BambooHR').getByText('Connected').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    expect(await example.accounts()).toMatchObject([{ ...acme, provider: 'bamboohr', status: 'active' }]);
  });

  test('does not rely on the Hub when the reported account does not work', async () => {
    // The Hub takes a refusal of what was entered for a success.
    expectConsoleErrors(/403/);
    await example.control('POST', '/accounts', { ...acme, provider: 'bamboohr', status: 'error' });
    const page = await visit();
    await button(page, 'Reconnect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await example.control('POST', '/faults', { status: 403, match: { method: 'PATCH', path: '/hub/accounts' } });
    await button(page, 'Connect').click();
    await waitForText(page, 'The account is not connected.');
    await button(page, 'Reconnect BambooHR').waitFor();
  });

  test('renews an expired access token without an error for the user, and shows the message of an error', async () => {
    expectConsoleErrors(/401/);
    const page = await visit();
    await button(page, 'Connect BambooHR').waitFor();
    const old = { authorization: 'Bearer old' };
    await page.route('**/graphql', (route) => route.continue({ headers: { ...route.request().headers(), ...old } }), {
      times: 1,
    });
    const renewed = page.waitForRequest('**/demo/token?*');
    await example.control('POST', '/faults', { status: 400, match: { path: '/connect_sessions' } });
    await button(page, 'Connect BambooHR').click();
    await renewed;
    await waitForText(page, /StackOne/);
  });

  test('reads page by page with the settings of docs/graphql-clients.md', async () => {
    for (const label of ['1', '2', '3', '4', '5']) {
      await example.control('POST', '/accounts', { ...acme, provider: 'bamboohr', label });
    }
    const folder = inPackage('examples/apollo-client');
    const { stdout, stderr } = await run(folder, 'node', ['--input-type=module', '--eval', pagesScript], {
      EXAMPLE_URL: example.url,
    });
    expect([stdout, stderr]).toEqual(['edges 5\nnodes 5\n', '']);
  });

  test('generates its types and builds for production', () => {
    expect(example.build()).toMatchObject({ status: 0, stdout: expect.stringContaining('built in') });
  }, 120_000);
});
