import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, type ApolloServerOptionsWithSchema } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, subscribe } from 'graphql';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { loadConfig } from '../../src/config/from-environment.js';
import { type Connect, type ConnectOptions, startConnect } from '../../src/embed.js';
import type { ConnectContext } from '../../src/index.js';
import { createLogger } from '../../src/observability/logger.js';
import { startServer } from '../../src/server.js';
import { type GraphQLResponse, post } from '../support/test-env.js';

const session = '{ createConnectSession(provider: "bamboohr") { token } }';
const documents = ['{ viewer { ownerId } }', `mutation ${session}`, `mutation Again ${session}`];
/** What a host app passes to Apollo Server. From JavaScript, its context function can return anything. */
interface Host {
  readonly changes?: Partial<ApolloServerOptionsWithSchema<ConnectContext>>;
  readonly createContext?: (connect: Connect<IncomingMessage>, req: IncomingMessage, res: ServerResponse) => unknown;
  readonly options?: Partial<ConnectOptions<IncomingMessage>>;
}

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.stop());

/** Sends each document twice, because Apollo Server does not run a prepared operation itself. */
async function runHost({ changes, createContext, options }: Host): Promise<[GraphQLResponse[], string]> {
  emulator.reset();
  const lines: unknown[] = [];
  const log = (fields: object, message: string) => void lines.push({ ...fields, message });
  const connect = await startConnect({
    apiKey: emulator.apiKey,
    baseUrl: emulator.url,
    production: false,
    getOwner: () => ({ id: 'org_acme', name: 'Acme Corporation' }),
    logger: { debug: log, info: log, warn: log, error: log },
    ...options,
  });
  const apollo = new ApolloServer<ConnectContext>({ ...connect.apolloOptions, ...changes });
  const { url } = await startStandaloneServer(apollo, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req, res }): Promise<ConnectContext> =>
      createContext === undefined ? connect.createContext(req, res) : Object(await createContext(connect, req, res)),
  });
  const responses: GraphQLResponse[] = [];
  for (const query of [...documents, ...documents]) {
    responses.push(await post(url, { query }, {}));
  }
  // A document without fields of this package is not affected.
  expect((await post(url, { query: '{ __typename }' }, {})).json).toEqual({ data: { __typename: 'Query' } });
  await apollo.stop();
  await connect.stop();
  return [responses, JSON.stringify(lines)];
}

describe('A host app that leaves out a guard of apolloOptions: no field of this package runs, and the log says which', () => {
  it.each<[string, Host]>([
    ['plugins', { changes: { plugins: [] } }],
    ['plugins, with trusted documents only', { changes: { plugins: [] }, options: { trustedDocumentsOnly: true } }],
    ['validationRules', { changes: { validationRules: [] } }],
    ['validation', { changes: { dangerouslyDisableValidation: true } }],
  ])('%s', async (_guard, host) => {
    const [responses, log] = await runHost(host);
    for (const { json } of responses) {
      expect(json.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
      expect(Object.values(Object(json.data ?? {})).filter((value) => value !== null)).toEqual([]);
    }
    expect(emulator.history).toEqual([]);
    expect(log).toContain('plugins, validationRules and documentStore of connect.apolloOptions must be options');
  });
});

describe('A host app whose context function does not return the context: the log says what it must return', () => {
  it.each<[string, NonNullable<Host['createContext']>]>([
    ['nothing', (connect, req, res) => void connect.createContext(req, res)],
    ['a context of its own, with a request', (_connect, request) => ({ request, user: 'ada' })],
    ['the context in a property', async (connect, req, res) => ({ connect: await connect.createContext(req, res) })],
    ['the properties of its promise', (connect, req, res) => ({ ...connect.createContext(req, res) })],
  ])('%s', async (_what, createContext) => {
    const [responses, log] = await runHost({ createContext });
    for (const { json } of responses) {
      expect(json.errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    }
    expect(emulator.history).toEqual([]);
    expect(log).toContain('The context function must return what createContext or createPublicContext resolves to.');
    expect(log).not.toContain('Cannot read properties');
  });

  it('a copy of the context with further properties is the context', async () => {
    const createContext: Host['createContext'] = async (connect, req, res) => ({
      ...(await connect.createContext(req, res)),
      user: 'ada',
    });
    const [responses] = await runHost({ createContext });
    expect(responses.map(({ json }) => json.errors)).toEqual(documents.concat(documents).map(() => undefined));
  });
});

describe('A host app that runs the subscription without Apollo Server, as with graphql-ws: it gets no events, and an error that says why', () => {
  const getContext = 'The context function must return what createContext or createPublicContext resolves to.';
  const keepOptions = 'The plugins, validationRules and documentStore of connect.apolloOptions must be options';

  it.each<[string, (connect: Connect<Request>) => unknown, string]>([
    ['without a context', () => undefined, getContext],
    ['with a context of its own', () => ({ user: 'ada' }), getContext],
    ['with a context of a request without an owner', (connect) => connect.createPublicContext(request(null)), 'owner'],
    ['with the context of createContext', (connect) => connect.createContext(request('ada')), keepOptions],
  ])('%s', async (_context, createContext, message) => {
    const connect = await startConnect<Request>({
      apiKey: 'key',
      logLevel: 'silent',
      getOwner: ({ headers }) => (headers.has('x-session') ? { id: 'org_acme', name: 'Acme Corporation' } : null),
    });
    const document = parse('subscription { linkedAccountChanged { kind } }');
    const contextValue = await createContext(connect);
    const result = await subscribe({ schema: connect.apolloOptions.schema, document, contextValue });
    expect(result).toEqual({ errors: [expect.objectContaining({ message: expect.stringContaining(message) })] });
    await connect.stop();
  });

  function request(session: string | null): Request {
    return new Request('http://localhost/graphql', { headers: session === null ? {} : { 'x-session': session } });
  }
});

describe('A second stop waits for the first', () => {
  it('of startConnect', async () => {
    const { apiKey, url: baseUrl } = emulator;
    const options = { apiKey, baseUrl, production: false, logLevel: 'silent', getOwner: () => null } as const;
    const connect = await startConnect(options);
    const stopped = [connect.stop(), connect.stop()];
    await expect(Promise.all(stopped)).resolves.toEqual([undefined, undefined]);
    await expect(connect.stop()).resolves.toBeUndefined();
  });

  it('of startServer', async () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    const env = {
      STACKONE_API_KEY: 'key',
      AUTH_SECRET: 'a'.repeat(32),
      AUTH_ISSUER: 'i',
      AUTH_AUDIENCE: 'a',
      PORT: '0',
    };
    const server = await startServer(loadConfig(env), { logger });
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(lines.filter((line) => line.includes('"msg":"stopped"'))).toHaveLength(1);
  });
});
