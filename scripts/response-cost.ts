import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GraphQLField, type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { createSchema } from '../src/graphql/schema.js';
import { signOwnerToken, startServerProcess } from './server-process.js';

/**
 * Sends the most expensive operations that the limits allow, for an owner with 1,000 accounts, and prints how long each
 * blocks the event loop of the server and how large its response is. `npm run cost -- 5` sends each five times and prints
 * the shortest time: other programs on the machine only add to it.
 */
const rounds = Number(process.argv[2] ?? 5);
const maxMilliseconds = 50;
const accountCount = 1_000;

const schema = createSchema();

/** A selection of all fields without fields below them, and the field of the next level. */
function selectionsOf(type: GraphQLObjectType, depth: number, copies: number): string[] {
  const fields = Object.values(type.getFields());
  const plain = fields.filter((field) => !isObjectType(getNamedType(field.type))).map(({ name }) => name);
  const leaves = ['__typename', ...plain].join(' ');
  const deeper = depth === 1 ? [] : fields.flatMap((field) => fieldsOf(field, depth - 1, copies));
  return [`{ ${leaves} }`, ...deeper.map((text) => `{ ${leaves} ${text} }`)];
}

/** @param copies the field is selected so many times more, by aliases; only at the last level with a list */
function fieldsOf(field: GraphQLField<unknown, unknown>, depth: number, copies: number): string[] {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) {
    return [];
  }
  const call = `${field.name}${argumentsOf(field.name)}`;
  return [0, copies].flatMap((here) =>
    selectionsOf(type, depth, copies - here).map((inner) =>
      [call, ...Array.from({ length: here }, (_, index) => `a${index}: ${call}`)]
        .map((text) => `${text} ${inner}`)
        .join(' '),
    ),
  );
}

const rootArguments: Readonly<Record<string, string>> = {
  createConnectSession: '(provider: "p0", onExisting: FAIL)',
  confirmLinkedAccount: '(accountId: "account_0")',
  deleteLinkedAccount: '(accountId: "unknown")',
  linkedAccount: '(id: "account_0")',
};
let isRoot = true;
const argumentsOf = (name: string) =>
  rootArguments[name] ?? (isRoot && name === 'linkedAccounts' ? '(first: 100)' : '');

function operations(): string[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const;
  const texts = roots.flatMap(([keyword, root]) =>
    Object.values(root?.getFields() ?? {}).flatMap((field) => {
      isRoot = true;
      const type = getNamedType(field.type);
      const call = `${field.name}${argumentsOf(field.name)}`;
      isRoot = false;
      return isObjectType(type)
        ? [0, 4].flatMap((copies) => selectionsOf(type, 5, copies).map((inner) => `${keyword} { ${call} ${inner} }`))
        : [];
    }),
  );
  return [...new Set(texts)].filter((text) => (text.match(/\w+|[^\s\w]/g)?.length ?? 0) <= 296);
}

async function startStackOne(providerCount: number) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const provider = searchParams.get('providers') ?? undefined;
    const size = Number(searchParams.get('page_size'));
    const start = (Number(searchParams.get('page') ?? 1) - 1) * size;
    const page = (rows: readonly unknown[]) => rows.slice(start, start + size);
    const [, , id] = pathname.split('/');
    const body =
      pathname === '/auth_configs'
        ? { total: providerCount, data: page(providerRows(providerCount)) }
        : id === undefined
          ? page(accountRows(providerCount).filter((row) => provider === undefined || row.provider === provider))
          : accountRows(providerCount).find((row) => row.id === id);
    const isKnown = /^\/(auth_configs|accounts)/.test(pathname) && body !== undefined;
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? body : {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server on TCP has this kind of address.
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const providerRows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    connector_key: `p${index}`,
    connector_label: `Provider ${index}`,
    categories: ['hris'],
    logo_url: `https://logos.example/${index}.png`,
    active: true,
  }));

const accountRows = (providerCount: number) =>
  Array.from({ length: accountCount }, (_, index) => ({
    id: `account_${index}`,
    provider: `p${index % providerCount}`,
    label: `Account number ${index} of the customer`,
    status: 'error',
    status_reasons: [{ code: 'expired', description: 'The token has expired.', timestamp: '2026-01-05T09:00:00.000Z' }],
    origin_owner_id: 'org_0',
    origin_owner_name: 'Owner 0',
    origin_username: 'ada@acme.example',
    created_at: '2026-01-05T09:00:00.000Z',
    updated_at: '2026-01-05T09:00:00.000Z',
  }));

async function measure(providerCount: number): Promise<boolean> {
  const stackone = await startStackOne(providerCount);
  const server = await startServerProcess({ url: stackone.url, apiKey: 'key' });
  const token = await signOwnerToken(0);
  const send = async (query: string) => {
    await server.longestBlock();
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    const text = await response.text();
    return { milliseconds: (await server.longestBlock()).blockMs, text };
  };
  for (let turn = 0; turn < 20; turn++) {
    await send(`{ providers { key linkedAccounts { id provider { key } } } } # ${turn}`);
  }
  const results = [];
  for (const query of operations()) {
    let least = { fresh: Number.POSITIVE_INFINITY, known: Number.POSITIVE_INFINITY };
    let text = '';
    for (let round = 0; round < rounds; round++) {
      const fresh = await send(`${query} # ${round}`);
      const known = await send(`${query} # ${round}`);
      least = {
        fresh: Math.min(least.fresh, fresh.milliseconds),
        known: Math.min(least.known, known.milliseconds),
      };
      text = known.text;
    }
    results.push({ query, ...least, bytes: text.length, isRefused: text.includes('would be too large') });
  }
  await server.stop();
  stackone.server.close();
  const slowest = results.toSorted((a, b) => Math.max(b.fresh, b.known) - Math.max(a.fresh, a.known));
  const refused = results.filter(({ isRefused }) => isRefused).length;
  const largest = Math.max(...results.map(({ bytes }) => bytes));
  process.stdout.write(
    `\n${accountCount} accounts over ${providerCount} provider(s): ${results.length} operations, ${refused} refused, largest response ${largest} bytes\n`,
  );
  for (const { query, fresh, known, bytes, isRefused } of slowest.slice(0, 8)) {
    const times = `${fresh.toFixed(1)} ms by Apollo Server, ${known.toFixed(1)} ms from the store`;
    process.stdout.write(`${times}, ${bytes} bytes${isRefused ? ', refused' : ''}: ${query.replaceAll(/\s+/g, ' ')}\n`);
  }
  return results.every(({ fresh, known }) => Math.max(fresh, known) <= maxMilliseconds);
}

const isWithin = [await measure(1), await measure(400)];
process.exitCode = isWithin.every(Boolean) ? 0 : 1;
