import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Lexer, print } from 'graphql';
import {
  CreateConnectSessionDocument,
  createConnectClient,
  IntegrationsDocument,
  LinkedAccountDocument,
} from '../../client/src/index.js';
import { startConnect } from '../../src/embed.js';
import { clientDocuments } from '../../src/graphql/operations/client-documents.js';
import { documentIdOf } from '../../src/graphql/operations/trusted-documents.js';
import { listen } from '../support/listen.js';
import { startMergedProduct } from '../support/merged-product.js';
import { type Product, startProduct } from '../support/product-server.js';
import {
  acme,
  errorCode,
  type GraphQLResponse,
  ownerFields,
  signIn,
  startTestApp,
  type TestApp,
  testConfig,
} from '../support/test-app.js';

const folder = mkdtempSync(join(tmpdir(), 'documents-'));
const path = join(folder, 'documents.json');
const two = 'query one { viewer { ownerId } } query two { viewer { ownerName } }';
const introspection = '{ __schema { queryType { name } } }';
const viewer = '{ viewer { ownerId } }';
writeFileSync(path, JSON.stringify({ 'two-operations': two, introspection }));

let exclusive: TestApp;
let open: TestApp;
let signedIn: Record<string, string>;
const parsing = jest.spyOn(Lexer.prototype, 'lookahead');
beforeAll(async () => {
  signedIn = await signIn(acme);
  exclusive = await startTestApp({
    TRUSTED_DOCUMENTS_FILE: path,
    TRUSTED_DOCUMENTS_ONLY: 'true',
    PLAYGROUND: 'true',
  });
  open = await startTestApp({ TRUSTED_DOCUMENTS_FILE: path });
});
beforeEach(() => exclusive.emulator.reset());
afterAll(async () => {
  parsing.mockRestore();
  await exclusive.stop();
  await open.stop();
  rmSync(folder, { recursive: true });
});

const untrusted = { errors: [expect.objectContaining({ extensions: { code: 'UNTRUSTED_DOCUMENT' } })] };
const mutation = 'mutation { createConnectSession(provider: "bamboohr") { token } }';

describe('TRUSTED_DOCUMENTS_ONLY', () => {
  const requests: readonly [string, object][] = [
    ['an unknown text', { query: viewer }],
    ['a mutation', { query: mutation }],
    ['a text that is no GraphQL', { query: '{{{' }],
    ['a trusted text with a space more', { query: `${two} `, operationName: 'one' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['a text with the name of a trusted operation', { query: viewer, operationName: 'integrations' }],
    ['a long text', { query: `{ ${'viewer { ownerId } '.repeat(700)} }` }],
    ['an unknown id', { documentId: documentIdOf(viewer) }],
  ];

  it.each(requests)(
    'refuses %s with UNTRUSTED_DOCUMENT, parses nothing and sends nothing to StackOne',
    async (_, body) => {
      // The text that takes the place of refused ones is parsed once.
      await exclusive.post({ query: '{ a }' }, signedIn);
      parsing.mockClear();
      const refused = await exclusive.post(body, signedIn);
      expect([refused.status, refused.json]).toEqual([400, untrusted]);
      expect(parsing).toHaveBeenCalledTimes(0);
      expect(exclusive.emulator.history).toEqual([]);
    },
  );

  it.each(requests)('refuses %s on the path of streams, too', async (_, body) => {
    const response = await fetch(`${exclusive.url}/graphql/stream`, {
      method: 'POST',
      headers: { ...signedIn, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify(body),
    });
    expect([response.status, await response.json()]).toEqual([400, untrusted]);
  });

  it('refuses a text however often it is sent, and requires an access token first', async () => {
    for (let turn = 0; turn < 3; turn++) {
      expect(errorCode(await exclusive.post({ query: viewer }, signedIn))).toBe('UNTRUSTED_DOCUMENT');
    }
    expect(errorCode(await exclusive.post({ query: viewer }))).toBe('UNAUTHENTICATED');
  });

  it('accepts the operations of the typed client and those of the file, by text and by id', async () => {
    const integrations = print(IntegrationsDocument);
    for (const body of [{ query: integrations }, { documentId: documentIdOf(integrations) }]) {
      expect(await exclusive.post(body, signedIn)).toMatchObject({ status: 200, json: { data: expect.anything() } });
    }
    for (const document of [{ query: two }, { documentId: 'two-operations' }, { documentId: documentIdOf(two) }]) {
      const { text } = await exclusive.post({ ...document, operationName: 'two' }, signedIn);
      expect(JSON.parse(text)).toEqual({ data: { viewer: { ownerName: acme.org_name } } });
    }
    expect((await exclusive.post({ query: introspection }, signedIn)).status).toBe(200);
  });

  it('logs the refusal with its code, and not the text', async () => {
    const { headers } = await exclusive.post({ query: '{ canaryField }' }, signedIn);
    const line = exclusive
      .logs()
      .split('\n')
      .find((text) => text.includes(String(headers.get('x-request-id'))));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'info', code: 'UNTRUSTED_DOCUMENT', status: 400 });
    expect(exclusive.logs()).not.toContain('canaryField');
  });

  it('accepts other documents of the playground outside production, and runs them for no one else', async () => {
    const fromPlayground = { ...signedIn, 'x-connect-playground': 'true' };
    for (let turn = 0; turn < 2; turn++) {
      const { json } = await exclusive.post({ query: viewer }, fromPlayground);
      expect(json).toEqual({ data: { viewer: { ownerId: acme.org_id } } });
      expect(errorCode(await exclusive.post({ query: viewer }, signedIn))).toBe('UNTRUSTED_DOCUMENT');
    }
    const script = await (await fetch(`${exclusive.url}/playground/start.js`)).text();
    expect(script).toContain("headers: { 'x-connect-playground': 'true' }");
  });

  it.each([
    ['in production', { NODE_ENV: 'production', STACKONE_BASE_URL: 'https://127.0.0.1:1', PLAYGROUND: 'true' }],
    ['without the playground', { PLAYGROUND: 'false' }],
  ])('has no exception for the header of the playground %s', async (_, env) => {
    const app = await startTestApp({ TRUSTED_DOCUMENTS_ONLY: 'true', ...env });
    const response = await app.post({ query: viewer }, { ...signedIn, 'x-connect-playground': 'true' });
    await app.stop();
    expect(errorCode(response)).toBe('UNTRUSTED_DOCUMENT');
  });

  it('the server does not start with a file of wrong documents, and lists all of them', async () => {
    const wrong = join(folder, 'wrong.json');
    writeFileSync(wrong, JSON.stringify([`{ ${'a: viewer { ownerId } '.repeat(5)}}`, viewer, introspection]));
    const start = (env: object) => startTestApp({ TRUSTED_DOCUMENTS_FILE: wrong, ...env });
    await expect(start({})).rejects.toThrow(
      'The configuration has 1 problem(s):\n  - The file of trusted documents: document 1',
    );
    await expect(start({ INTROSPECTION: 'false' })).rejects.toThrow(/document 1:.*\n.*document 3:/);
    expect(testConfig({}).trustedDocumentsOnly).toBe(false);
  });
});

describe('A request with documentId', () => {
  /** Without what changes from one request to the next. */
  function comparable({ status, headers, text }: GraphQLResponse) {
    const changing = ['date', 'x-request-id', 'content-length'];
    return {
      status,
      headers: Object.fromEntries([...headers].filter(([name]) => !changing.includes(name))),
      text: text.replace(/"(token\w*)":"[^"]+"/g, `"$1":"…"`).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…'),
    };
  }

  const variables = [
    undefined,
    {},
    { accountId: 'a' },
    { id: 'account_1' },
    { first: 1 },
    { first: 'x' },
    { provider: 7 },
    null,
  ];
  const further = [{}, { operationName: 'unknown' }, { extensions: {} }, { operationName: 7 }, { accept: 'text/html' }];

  it('has the same response as its text, byte for byte: every trusted document, variables, failures of StackOne', async () => {
    const seen = new Set<number>();
    for (const text of [...clientDocuments, two]) {
      for (const [index, values] of variables.entries()) {
        const { accept, ...more } = { accept: '*/*', ...further[index % further.length] };
        const send = async (document: object) => {
          open.emulator.reset();
          open.emulator.addAccount({ id: 'account_1', provider: 'bamboohr', ...ownerFields(acme) });
          if (index % 2 === 1) {
            open.emulator.failNext({ status: 400, match: { path: '/connect_sessions' } });
          }
          const answer = comparable(
            await open.post({ ...document, variables: values, ...more }, { ...signedIn, accept }),
          );
          return { answer, calls: open.emulator.history.map(({ method, path: to }) => `${method} ${to}`) };
        };
        const byText = await send({ query: text });
        const catalogIsFresh = byText.calls.filter((call) => !call.includes('connector'));
        const byId = await send({ documentId: documentIdOf(text) });
        expect(byId.answer).toEqual(byText.answer);
        expect(byId.calls.filter((call) => !call.includes('connector'))).toEqual(catalogIsFresh);
        seen.add(byId.answer.status);
      }
    }
    expect([...seen].sort()).toEqual([200, 400, 406]);
  });

  it.each<[string, object]>([
    ['with a text, too', { documentId: documentIdOf(print(IntegrationsDocument)), query: print(IntegrationsDocument) }],
    ['that is no text', { documentId: 7 }],
    ['that is null', { documentId: null }],
  ])('%s is refused with BAD_USER_INPUT, and nothing is sent to StackOne', async (_, body) => {
    open.emulator.reset();
    const response = await open.post(body, signedIn);
    expect([response.status, errorCode(response), open.emulator.history]).toEqual([400, 'BAD_USER_INPUT', []]);
  });

  it('with an unknown id is refused with UNTRUSTED_DOCUMENT also where other texts are accepted', async () => {
    for (const documentId of ['unknown', '', '__proto__', documentIdOf(viewer)]) {
      const response = await open.post({ documentId }, signedIn);
      expect([response.status, response.json]).toEqual([400, untrusted]);
      expect(response.json.errors?.[0]?.message).toBe(
        'No trusted document has this id. Send the text of the document.',
      );
    }
  });
});

describe('A persisted query of Apollo Client or urql that names a trusted document', () => {
  const persisted = (sha256Hash: unknown) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

  it.each<[string, object]>([
    ['by its id in the file', persisted('two-operations')],
    ['by the hash of its text', persisted(hash('sha256', two))],
  ])('%s runs it, also where all other documents are refused', async (_, body) => {
    for (const app of [open, exclusive]) {
      const { status, json } = await app.post({ ...body, operationName: 'one' }, signedIn);
      expect([status, json]).toEqual([200, { data: { viewer: { ownerId: acme.org_id } } }]);
    }
  });

  it.each([hash('sha256', viewer), 'unknown', '', 7, null])(
    'by the unknown hash %p does not run',
    async (sha256Hash) => {
      for (const app of [open, exclusive]) {
        app.emulator.reset();
        const { json } = await app.post(persisted(sha256Hash), signedIn);
        expect([json.errors?.[0]?.message, app.emulator.history]).toEqual(['PersistedQueryNotSupported', []]);
      }
    },
  );
});

describe('createConnectClient: sendDocumentIds', () => {
  /** A server between the client and the app: records the bodies, and forgets the ids where told to. */
  async function record(run: (url: string, bodies: string[]) => Promise<void>, forgetIds = false): Promise<void> {
    const bodies: string[] = [];
    const server = await listen(
      createServer(async (request, response) => {
        const body = Buffer.concat(await request.toArray()).toString();
        bodies.push(body);
        const { authorization = '' } = request.headers;
        const sent = forgetIds ? body.replace('sha256:', 'x-old:') : body;
        const answer = await fetch(`${exclusive.url}${request.url}`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: sent,
        });
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        if (answer.ok && request.url === '/graphql/stream') {
          // The first heartbeat, with which the client takes the stream for open.
          response.end(':\n\n');
          await answer.body?.cancel();
        } else {
          response.end(await answer.text());
        }
      }),
    );
    await run(`${server.url}/graphql`, bodies);
    await server.close();
  }

  it('sends ids instead of texts, also for the stream', async () => {
    await record(async (url, bodies) => {
      const client = createConnectClient({ url, headers: () => signIn(acme), sendDocumentIds: true });
      expect(await client.sdk.integrations()).toMatchObject({ viewer: { ownerId: acme.org_id } });
      expect(await client.sdk.linkedAccount({ id: 'a' })).toEqual({ linkedAccount: null });
      await new Promise<void>((resolve) => {
        client.openChangeStream({ renew: false }, { onOpen: resolve, onChange: () => {}, onEnd: () => {} });
      });
      expect(bodies.map((body) => JSON.parse(body))).toEqual([
        { documentId: documentIdOf(print(IntegrationsDocument)), operationName: 'integrations' },
        {
          documentId: documentIdOf(print(LinkedAccountDocument)),
          operationName: 'linkedAccount',
          variables: { id: 'a' },
        },
        { documentId: expect.stringMatching(/^sha256:/), operationName: 'linkedAccountChanges' },
      ]);
    });
  });

  it('sends the text once when the server does not know the id', async () => {
    await record(async (url, bodies) => {
      const { sdk } = createConnectClient({ url, headers: () => signIn(acme), sendDocumentIds: true });
      expect(await sdk.createConnectSession()).toMatchObject({ createConnectSession: { token: expect.any(String) } });
      expect(bodies.map((body) => Object.keys(JSON.parse(body))[0])).toEqual(['documentId', 'query']);
      expect(JSON.parse(bodies[1] ?? '{}').query).toBe(print(CreateConnectSessionDocument));
    }, true);
  });

  it('sends texts without the option', async () => {
    await record(async (url, bodies) => {
      await createConnectClient({ url, headers: () => signIn(acme) }).sdk.integrations();
      expect(bodies).toEqual([expect.stringContaining('"query"')]);
    });
  });
});

describe('trustedDocumentsOnly of startConnect', () => {
  let product: Product;
  beforeAll(async () => {
    const getOwner = () => ({ id: acme.org_id, name: acme.org_name });
    product = await startProduct({
      getOwner,
      trustedDocumentsFile: path,
      trustedDocumentsOnly: true,
      introspection: true,
    });
  });
  afterAll(() => product.stop());

  it('refuses other texts before they are parsed, also by GET, and sends nothing to StackOne', async () => {
    await product.post({ query: '{ a }' });
    product.emulator.reset();
    parsing.mockClear();
    for (const body of [{ query: mutation }, { query: '{{{' }, { documentId: 'unknown' }]) {
      const refused = await product.post(body);
      expect([refused.status, refused.json]).toEqual([400, untrusted]);
    }
    const headers = { 'apollo-require-preflight': 'true', 'x-connect-playground': 'true' };
    const byGet = await fetch(`${product.url}/graphql?query=${encodeURIComponent(viewer)}`, { headers });
    expect([byGet.status, await byGet.json()]).toEqual([400, untrusted]);
    expect(parsing).toHaveBeenCalledTimes(0);
    expect(product.emulator.history).toEqual([]);
  });

  it('accepts trusted documents by text and by id', async () => {
    for (const document of [{ query: two }, { documentId: 'two-operations' }]) {
      const { json } = await product.post({ ...document, operationName: 'one' });
      expect(json).toEqual({ data: { viewer: { ownerId: acme.org_id } } });
    }
  });

  it('accepts them by GET as persisted queries', async () => {
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: 'two-operations' } });
    const search = new URLSearchParams({ operationName: 'one', extensions });
    const byGet = await fetch(`${product.url}/graphql?${search}`, { headers: { 'apollo-require-preflight': 'true' } });
    expect(await byGet.json()).toEqual({ data: { viewer: { ownerId: acme.org_id } } });
  });
});

it('trustedDocumentsOnly refuses the automatic persisted query of another server that has the same cache', async () => {
  const { createContext, apolloOptions, stop } = await startConnect<Request>({
    apiKey: 'key',
    logLevel: 'silent',
    trustedDocumentsOnly: true,
    getOwner: () => ({ id: acme.org_id, name: acme.org_name }),
  });
  const cache = { get: async () => viewer, set: async () => undefined, delete: async () => true };
  const apollo = new ApolloServer({ ...apolloOptions, persistedQueries: { cache } });
  const contextValue = await createContext(new Request('http://localhost/graphql'));
  const persistedQuery = { version: 1, sha256Hash: hash('sha256', viewer) };
  const { http, body } = await apollo.executeOperation({ extensions: { persistedQuery } }, { contextValue });
  expect([http.status, body]).toEqual([400, { kind: 'single', singleResult: untrusted }]);
  await apollo.stop();
  await stop();
});

it('trustedDocumentsOnly in a merged schema refuses the documents with fields of this package, and no others', async () => {
  const product = await startMergedProduct({ trustedDocumentsOnly: true });
  const ada = { 'x-session': 'ada' };
  const send = (body: object) => product.post(body, ada);
  expect(await send({ query: '{ news { title } }' })).toMatchObject({ status: 200, json: { data: expect.anything() } });
  for (const query of [viewer, mutation, '{ news { title } ...f } fragment f on Query { viewer { ownerId } }']) {
    const refused = await send({ query });
    expect([refused.status, refused.json]).toEqual([400, untrusted]);
  }
  expect(product.emulator.history).toEqual([]);
  const integrations = print(IntegrationsDocument);
  for (const body of [{ query: integrations }, { documentId: documentIdOf(integrations) }]) {
    expect(await send(body)).toMatchObject({ status: 200, json: { data: { viewer: { ownerId: acme.org_id } } } });
  }
  expect((await send({ documentId: 'unknown' })).json).toEqual(untrusted);
  await product.stop();
});
