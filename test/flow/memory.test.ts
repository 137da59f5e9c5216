import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';

/**
 * On a message, looks into a heap snapshot for the texts that the test has sent, and reports how many different ones of
 * each kind are still in memory.
 */
const reporter = `import { getHeapSnapshot } from 'node:v8';
process.on('message', async () => {
  const found = {};
  let rest = '';
  for await (const chunk of getHeapSnapshot()) {
    const text = rest + chunk;
    for (const [canary, kind] of text.matchAll(/canary[-_]([a-z]+)[-_]\\d+[-_]/g)) {
      (found[kind] ??= new Set()).add(canary);
    }
    rest = text.slice(-40);
  }
  process.send(Object.fromEntries(Object.entries(found).map(([kind, canaries]) => [kind, canaries.size])));
});`;

/** A host app with the schema in its own Apollo Server. */
const embedded = `import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { startConnect } from './dist/src/index.js';
const { apiKey, baseUrl } = process.env;
const getOwner = ({ headers }) => headers.authorization.includes('canary') ? null : { id: 'org_acme', name: 'Acme' };
const limits = { rateLimitPerOwnerPerMinute: 1000000, rateLimitTotalPerMinute: 1000000 };
const connect = await startConnect({ apiKey, baseUrl, production: false, getOwner, ...limits });
const apollo = new ApolloServer(connect.apolloOptions);
const context = ({ req, res }) => connect.createContext(req, res);
const { url } = await startStandaloneServer(apollo, { listen: { port: 0 }, context });
console.log(JSON.stringify({ url }));`;

const keys = generateKeyPairSync('ed25519');
const token = await new SignJWT({ org_id: 'org_acme', org_name: 'Acme' })
  .setProtectedHeader({ alg: 'EdDSA' })
  .setIssuer('memory')
  .setAudience('memory')
  .setExpirationTime('1h')
  .sign(keys.privateKey);
const emulator = await startEmulator();
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
  }
  await emulator.stop();
});

async function start(args: readonly string[], env: Record<string, string>) {
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(reporter)}`];
  const child = spawn('node', [...preload, ...args], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  children.push(child);
  const url = await new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      const match = /"url":"(http[^"]+?)\/?"/.exec(String(chunk));
      if (match?.[1] !== undefined) {
        resolve(match[1]);
      }
    });
  });
  return { child, url };
}

const startStandalone = ({ apiKey, url }: Emulator) =>
  start(['dist/src/main.js'], {
    PORT: '0',
    PLAYGROUND: 'false',
    STACKONE_API_KEY: apiKey,
    STACKONE_BASE_URL: url,
    AUTH_PUBLIC_KEY: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    AUTH_ISSUER: 'memory',
    AUTH_AUDIENCE: 'memory',
    RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000000',
    RATE_LIMIT_TOTAL_PER_MINUTE: '1000000',
  });
const startEmbedded = ({ apiKey, url }: Emulator) =>
  start(['--input-type=module', '--eval', embedded], { apiKey, baseUrl: url });

interface Sent {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly headers?: Record<string, string>;
}

async function send(url: string, { headers, ...body }: Sent): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify(body),
  });
  await response.text();
}

const viewer = '{ viewer { ownerId } }';
const lookUp = 'query ($id: ID!) { linkedAccount(id: $id) { id } }';
const list =
  'query ($after: String, $provider: String) { linkedAccounts(after: $after, provider: $provider) { nodes { id } } }';

/** Kind, number of requests, what to send, and how many of its texts may stay in memory. */
const kinds: readonly (readonly [kind: string, count: number, write: (canary: string) => Sent, most: number])[] = [
  // Two stores of 8 MiB, in each of which such a text counts 39 KB.
  ['comment', 480, (canary) => ({ query: `${viewer}#${canary.padEnd(15_000, 'x')}` }), 440],
  ['invalid', 30, (canary) => ({ query: `{ nothing }#${canary.padEnd(15_000, 'x')}` }), 10],
  ['name', 30, (canary) => ({ query: viewer, operationName: canary }), 10],
  ['variable', 30, (canary) => ({ query: lookUp, variables: { id: canary } }), 10],
  ['cursor', 30, (canary) => ({ query: list, variables: { after: canary } }), 10],
  ['provider', 30, (canary) => ({ query: list, variables: { provider: canary } }), 10],
  ['token', 30, (canary) => ({ query: viewer, headers: { authorization: `Bearer ${canary}` } }), 10],
  ['requestid', 30, (canary) => ({ query: viewer, headers: { 'x-request-id': canary } }), 10],
  [
    'accept',
    100,
    (canary) => ({ query: viewer, headers: { accept: `application/json;${canary.padEnd(200, 'x')}` } }),
    70,
  ],
];

describe.each([
  ['The standalone server', startStandalone],
  ['An embedded server', startEmbedded],
])('%s', (_name, startServer) => {
  it('keeps a small number of the texts that callers send', async () => {
    const { child, url } = await startServer(emulator);
    for (const [kind, count, write] of kinds) {
      const bodies = Array.from({ length: count }, (_, index) => write(`canary-${kind}-${index}-`));
      while (bodies.length > 0) {
        await Promise.all(bodies.splice(0, 25).map((sent) => send(url, sent)));
      }
    }
    const report = once(child, 'message');
    child.send('report');
    const [found] = await report;
    const excesses = kinds.filter(([kind, , , most]) => Number(found[kind] ?? 0) > most);
    expect(excesses.map(([kind]) => [kind, found[kind]])).toEqual([]);
    // The search itself works: the last texts are in memory.
    expect(found.comment).toBeGreaterThan(50);
  }, 60_000);
});
