import { afterEach, expect, it } from '@jest/globals';
import { startConnect } from '../../src/embed.js';
import type { FormatError } from '../../src/graphql/format-error.js';
import { type Product, startProduct } from '../support/product-server.js';
import { acme } from '../support/test-env.js';

let product: Product | undefined;
afterEach(() => product?.stop());

async function startWith(formatError: FormatError): Promise<Product> {
  const owner = { id: acme.org_id, name: acme.org_name };
  product = await startProduct({
    formatError,
    getOwner: ({ headers }) => (headers['x-session'] === 'ada' ? owner : null),
  });
  return product;
}

const signedIn = { 'x-session': 'ada' };
const failing = { query: '{ linkedAccounts(first: 0) { nodes { id } } }' };

it('formatError of startConnect changes the errors of every kind of request, after this package has formatted them', async () => {
  const { post, emulator } = await startWith((formatted) => ({ ...formatted, service: 'connect' }));
  emulator.failNext({ status: 403, match: { path: '/connect_sessions' } });
  const responses = [
    await post(failing),
    await post(failing, signedIn),
    await post(failing, signedIn),
    await post({ query: '{ viewer' }, signedIn),
    await post({ query: 'mutation { createConnectSession { token } }' }, signedIn),
  ];
  expect(responses.map(({ json }) => json.errors)).toEqual(
    ['UNAUTHENTICATED', 'BAD_USER_INPUT', 'BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED', 'UPSTREAM_MISCONFIGURED'].map(
      (code) => [expect.objectContaining({ service: 'connect', extensions: { code } })],
    ),
  );
});

it('formatError of startConnect changes the errors of event streams', async () => {
  const connect = await startConnect<Request>({
    apiKey: 'key',
    logLevel: 'silent',
    getOwner: () => ({ id: acme.org_id, name: acme.org_name }),
    formatError: (formatted) => ({ ...formatted, service: 'connect' }),
  });
  const response = await connect.fetchStream(
    new Request('http://localhost/graphql/stream', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: '{ viewer { ownerId } }' }),
    }),
  );
  expect(await response.json()).toMatchObject({ errors: [{ service: 'connect' }] });
  await connect.stop();
});

it('a formatError that throws changes nothing, and the log says why', async () => {
  const { post, lines: log } = await startWith(() => {
    throw new TypeError('mistake');
  });
  for (let time = 0; time < 2; time++) {
    const { status, json } = await post(failing, signedIn);
    const message = '`first` must be from 1 to 100.';
    expect([status, json]).toMatchObject([
      200,
      { data: null, errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] },
    ]);
  }
  const lines = log.filter(({ message }) => message === 'formatError threw');
  expect(lines).toEqual(
    Array(2).fill(
      expect.objectContaining({
        level: 'error',
        fields: { name: 'TypeError', stack: expect.stringContaining('mistake') },
      }),
    ),
  );
});
