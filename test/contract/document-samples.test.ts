import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import Fastify, { type FastifyRequest } from 'fastify';
import { buildSchema, parse, validate } from 'graphql';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { Demo } from '../../demo/start-demo.js';
import { startEmulator } from '../../emulator/src/index.js';
import { type Connect, startConnect } from '../../src/embed.js';
import { startTestDemo } from '../support/demo.js';
import { codeBlocks, inPackage, readText } from '../support/package-files.js';
import { startProgram, waitForUrl } from '../support/program.js';
import { run } from '../support/run-in-project.js';
import { startTestApp } from '../support/test-app.js';
import { acme, ownerFields, post, signIn, signToken } from '../support/test-env.js';

const authSecret = 'a-secret-of-more-than-32-bytes-for-tests';

/** The code in the documents: the same as code that tests run, or run here. `installed-*.test.ts` compile the TypeScript. */
describe('docs/embedding.md', () => {
  it('contains code of the Express example without changes', () => {
    const lines = (code: string) => code.split('\n').map((line) => line.trim());
    const [, setup = ''] = codeBlocks('docs/embedding.md', 'js');
    const events = codeBlocks('docs/embedding.md', 'js').find((code) => code.includes('handleStream')) ?? '';
    const example = lines(readText('examples/express/shop.js'));
    // The setup is without account events, which have a section of their own.
    example.push('const connect = await startConnect({ ...stackone, getOwner });');
    const missing = lines(setup + events).filter((line) => !example.includes(line));
    expect([setup.length > 300, events.length > 100, missing]).toEqual([true, true, []]);
  });

  it('contains the merged schema that the tests use, without changes', () => {
    const lines = (code: string) => code.split('\n').map((line) => line.trim());
    const shown = codeBlocks('docs/embedding.md', 'js').find((code) => code.includes('mergeSchemas')) ?? '';
    const used = lines(readText('test/support/merged-product.ts').replace('<ConnectContext>', ''));
    const missing = lines(shown).filter((line) => !used.includes(line));
    expect([shown.length > 300, missing]).toEqual([true, []]);
  });

  it('contains the Fetch handler that the tests use, without changes', () => {
    const bodyOf = (code: string) =>
      /const body: unknown = [\s\S]*?return new Response\(.*/.exec(code)?.[0].replace(/^ +/gm, '');
    const [shown = ''] = codeBlocks('docs/embedding.md', 'ts');
    expect(bodyOf(shown)).toContain('executeHTTPGraphQLRequest');
    expect(bodyOf(shown)).toBe(bodyOf(readText('test/support/fetch-handler.ts')));
  });
});

describe('docs/embedding.md with a plugin of Apollo Server', () => {
  it('contains how to use one that apolloOptions turn off, with which Apollo Server would not start', async () => {
    const code = codeBlocks('docs/embedding.md', 'js').find((block) => block.includes('idOf')) ?? '';
    const connect = await startConnect<Request>({
      ...{ apiKey: 'key', baseUrl: 'http://127.0.0.1:1', production: false, logLevel: 'silent' },
      getOwner: () => ({ id: acme.org_id, name: acme.org_name }),
    });
    const names = ['connect', 'ApolloServer', 'ApolloServerPluginCacheControl'];
    const create = new Function(...names, `${code}; return apollo;`);
    const apollo: unknown = create(connect, ApolloServer, ApolloServerPluginCacheControl);
    if (!(apollo instanceof ApolloServer)) {
      throw new Error('The code creates no Apollo Server');
    }
    const contextValue = await connect.createContext(new Request('http://localhost/graphql'));
    const { http, body } = await apollo.executeOperation({ query: '{ viewer { ownerId } }' }, { contextValue });
    expect(body).toMatchObject({ singleResult: { data: { viewer: { ownerId: acme.org_id } } } });
    expect(http.headers.get('cache-control')).toBe('no-store');
    await apollo.stop();

    const plugins = [...connect.apolloOptions.plugins, ApolloServerPluginCacheControl()];
    const both = new ApolloServer({ ...connect.apolloOptions, plugins });
    await expect(both.start()).rejects.toThrow('ApolloServerPluginCacheControlDisabled');
    await connect.stop();
  });
});

describe('docs/embedding.md with errors in a format of the host app', () => {
  it('contains a formatError that every error passes, also when its operation runs again', async () => {
    const code = codeBlocks('docs/embedding.md', 'js').find((block) => block.includes('formatError')) ?? '';
    const AsyncFunction: FunctionConstructor = Object.getPrototypeOf(async () => {}).constructor;
    const create = new AsyncFunction('startConnect', 'stackone', 'getOwner', `${code}; return connect;`);
    const stackone = { apiKey: 'key', baseUrl: 'http://127.0.0.1:1', production: false, logLevel: 'silent' };
    const connect: Connect<Request> = await create(startConnect, stackone, () => ({
      id: acme.org_id,
      name: acme.org_name,
    }));
    const apollo = new ApolloServer(connect.apolloOptions);
    for (let time = 0; time < 3; time++) {
      const contextValue = await connect.createContext(new Request('http://localhost/graphql'));
      const query = '{ linkedAccounts(first: 0) { nodes { id } } }';
      const { body } = await apollo.executeOperation({ query }, { contextValue });
      const error = { extensions: { code: 'BAD_USER_INPUT' }, service: 'connect' };
      expect(body).toMatchObject({ singleResult: { errors: [error] } });
    }
    await apollo.stop();
    await connect.stop();
  });
});

describe('docs/embedding.md in Fastify', () => {
  it('contains routes of account events: the stream has the owner of the request, and shows what a webhook reports', async () => {
    const code = codeBlocks('docs/embedding.md', 'js').find((block) => block.includes('reply.hijack')) ?? '';
    const emulator = await startEmulator();
    const { apiKey, url: baseUrl, settings } = emulator;
    const connect = await startConnect<FastifyRequest>({
      ...{ apiKey, baseUrl, production: false, logLevel: 'silent', webhookSecret: settings.webhookSecret },
      getOwner: ({ headers }) => (headers['x-session'] === 'ada' ? { id: acme.org_id, name: acme.org_name } : null),
    });
    const app = Fastify();
    const AsyncFunction: FunctionConstructor = Object.getPrototypeOf(async () => {}).constructor;
    // TypeScript accepts the code too.
    const handleStream: (request: FastifyRequest, response: ServerResponse) => Promise<void> = connect.handleStream;
    await AsyncFunction('app', 'connect', code)(app, { handleStream, handleWebhook: connect.handleWebhook });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    settings.webhookUrl = `${url}/webhooks/stackone`;
    const open = (session: string) =>
      fetch(`${url}/graphql/stream`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'x-session': session },
        body: JSON.stringify({ query: 'subscription { linkedAccountChanged { kind accountId } }' }),
      });
    expect((await open('nobody')).status).toBe(401);
    const reader = (await open('ada')).body?.pipeThrough(new TextDecoderStream()).getReader();
    const { id } = emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    let text = '';
    while (!text.includes(id)) {
      text += (await reader?.read())?.value;
    }
    expect(text).toContain('"kind":"LINKED"');
    expect((await fetch(settings.webhookUrl, { method: 'POST', body: '{}' })).status).toBe(401);
    await reader?.cancel();
    await app.close();
    await connect.stop();
    await emulator.stop();
  });
});

/** The part of a configuration of Hive Gateway that docs/federation.md shows. */
interface HiveConfiguration {
  readonly propagateHeaders: {
    readonly fromClientToSubgraphs: (input: { readonly request: Request }) => Record<string, string>;
  };
  readonly transportEntries: {
    readonly connect: {
      readonly options: {
        readonly subscriptions: { readonly location: string; readonly options: { readonly method: string } };
      };
    };
  };
}

describe('docs/federation.md', () => {
  it('contains the gateway that the tests use, without changes', () => {
    const lines = (code: string) => code.split('\n').map((line) => line.trim());
    const [shown = ''] = codeBlocks('docs/federation.md', 'js');
    const source = readText('test/support/federation.ts').replaceAll('<CallerContext>', '');
    const used = lines(source.replace(', logger: silent', ''));
    expect([shown.length > 300, lines(shown).filter((line) => !used.includes(line))]).toEqual([true, []]);
  });

  it('contains a subgraph that composes with ours', () => {
    const [typeDefs = ''] = codeBlocks('docs/federation.md', 'graphql');
    const { errors } = composeServices([
      { name: 'connect', typeDefs: parse(readText('schema.subgraph.graphql')) },
      { name: 'employees', typeDefs: parse(`${typeDefs} type Query { employees: [Employee!]! }`) },
    ]);
    expect(errors).toBeUndefined();
  });

  it('contains a configuration of Hive Gateway with which the caller of a request opens the stream', async () => {
    const code = codeBlocks('docs/federation.md', 'js').find((block) => block.includes('defineConfig')) ?? '';
    const define = new Function(
      `${code.replace(/^import.*$/m, '').replace('export const', 'const defineConfig = (config) => config; const')}; return gatewayConfig;`,
    );
    const { propagateHeaders, transportEntries }: HiveConfiguration = define();
    const { location, options } = transportEntries.connect.options.subscriptions;
    const app = await startTestApp({ SUBGRAPH: 'true' });
    const request = new Request(app.url, { headers: await signIn(acme) });
    const response = await fetch(new URL(location, `${app.url}/graphql`), {
      method: options.method,
      headers: {
        ...propagateHeaders.fromClientToSubgraphs({ request }),
        ...{ accept: 'text/event-stream', 'content-type': 'application/json' },
      },
      body: JSON.stringify({ query: 'subscription { linkedAccountChanged { kind } }' }),
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await response.body?.cancel();
    await app.stop();
  });
});

describe('docs/account-events.md', () => {
  it('contains a receiver that accepts what is signed with the secret, and nothing else', async () => {
    const [code = ''] = codeBlocks('docs/account-events.md', 'js');
    const [secret = '', other = ''] = ['a', 'b'].map((letter) => Buffer.alloc(24, letter).toString('base64'));
    const logged: unknown[][] = [];
    const names = ['createServer', 'text', 'Webhook', 'process', 'console'];
    const create = new Function(...names, `${code.replace(/^import .*$/gm, '').replace('5000', '0')}; return server;`);
    const server: unknown = create(...[createServer, text, Webhook, { env: { EVENTS_SECRET: secret } }], {
      log: (...values: unknown[]) => logged.push(values),
    });
    if (!(server instanceof Server)) {
      throw new Error('The code creates no server');
    }
    await once(server, 'listening');
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const at = new Date();
    const body = JSON.stringify({ type: 'linked_account.broken', data: { ownerId: 'org_acme', accountId: '41' } });
    const send = async (signature: string) => {
      const timestamp = String(Math.floor(at.getTime() / 1000));
      const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': timestamp, 'webhook-signature': signature };
      return (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body })).status;
    };
    expect(await send(new Webhook(other).sign('msg_1', at, body))).toBe(400);
    expect(logged).toEqual([]);
    expect(await send(new Webhook(secret).sign('msg_1', at, body))).toBe(204);
    expect(logged).toEqual([['linked_account.broken', 'org_acme', '41']]);
    server.close();
  });
});

describe('docs/testing.md', () => {
  it('contains the tests of the Express example without changes', () => {
    const files = ['shop.test.js', 'shop.spec.js'].map((name) => readText(`examples/express/${name}`));
    expect(codeBlocks('docs/testing.md', 'js').slice(1)).toEqual(files);
  });
});

describe('docs/operations.md', () => {
  it('contains a tracing.mjs that prints the spans of an operation and of its attempt', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tracing-'));
    const emulator = await startEmulator();
    const sample = codeBlocks('docs/operations.md', 'js').find((code) => code.includes('ConsoleSpanExporter')) ?? '';
    symlinkSync(inPackage('node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'tracing.mjs'), sample);
    const env = {
      STACKONE_API_KEY: emulator.apiKey,
      STACKONE_BASE_URL: emulator.url,
      AUTH_SECRET: authSecret,
      AUTH_ISSUER: 'https://issuer.example',
      AUTH_AUDIENCE: 'https://api.example',
      PORT: '0',
      SHUTDOWN_GRACE_SECONDS: '0',
    };
    const program = startProgram(env, { file: 'dist/src/main.js', tracing: join(folder, 'tracing.mjs') });
    const key = new TextEncoder().encode(authSecret);
    const authorization = `Bearer ${await signToken(acme, { key, header: { alg: 'HS256' } })}`;
    const query = 'mutation { createConnectSession { token } }';
    const { status } = await post(await waitForUrl(program), { query }, { authorization });
    program.process.kill('SIGTERM');
    expect([status, await program.exitCode]).toEqual([200, 0]);
    const traces = [...program.output().matchAll(/traceId: '(\w+)'[\s\S]*?name: '([^']+)'/g)].map(([, id, name]) => [
      name,
      id,
    ]);
    expect(traces.map(([name]) => name).sort()).toEqual(['POST /connect_sessions', 'authenticate', 'mutation']);
    expect(new Set(traces.map(([, id]) => id)).size).toBe(1);
    await emulator.stop();
    rmSync(folder, { recursive: true });
  });
});

it('README.md contains a mutation that is valid for the schema', () => {
  const [mutation = ''] = codeBlocks('README.md', 'graphql');
  expect(validate(buildSchema(readText('schema.graphql')), parse(mutation))).toEqual([]);
});

describe('The commands with curl', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startTestDemo();
  });
  afterAll(() => demo.stop());

  /** Runs a command in a shell, with the demo and its emulator on their free ports. */
  async function runCommand(command: string): Promise<string> {
    const local = command
      .replaceAll('http://127.0.0.1:4000', demo.url)
      .replaceAll('http://127.0.0.1:4010', demo.emulator.url);
    const { code, stdout, stderr } = await run(inPackage('.'), 'bash', ['--norc', '-euc', local]);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  }
  const curlBlocks = (path: string) => codeBlocks(path, 'sh').filter((block) => block.includes('curl '));

  it('of README.md returns a token from the demo', async () => {
    const [block = '', ...others] = curlBlocks('README.md');
    expect(others).toEqual([]);
    const { data } = JSON.parse(await runCommand(block));
    expect(data.createConnectSession).toEqual({ token: expect.any(String), expiresAt: expect.any(String) });
  });

  it('of docs/testing.md control the emulator', async () => {
    const [block = ''] = curlBlocks('docs/testing.md');
    const [session = '', account = '', faults = '', history = '', reset = ''] = block.trim().split('\n');
    expect(JSON.parse(await runCommand(session))).toMatchObject({ token: expect.any(String) });
    expect(JSON.parse(await runCommand(account))).toMatchObject({ provider: 'bamboohr', status: 'active' });
    await runCommand(faults);
    expect(JSON.parse(await runCommand(session))).not.toHaveProperty('token');
    // The demo reads the account that was added.
    const requests: readonly { path: string }[] = JSON.parse(await runCommand(history));
    const sessions = requests.filter(({ path }) => path === '/connect_sessions').slice(-2);
    expect(sessions).toMatchObject([{ status: 201 }, { status: 503 }]);
    await runCommand(reset);
    expect(demo.emulator.history).toEqual([]);
  });
});
