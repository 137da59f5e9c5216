import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { serveParent } from './process.mjs';

/**
 * A minimal and fast StackOne in its own process. Every session gets a new token, so that a cached response is
 * detected. The id of an account names its owner.
 */
const providerCount = Number(process.env['PROVIDERS']);
const accountCount = 20;
const pageSize = 100;

let latencyMs = 0;
let sessions = 0;

const profiles = Array.from({ length: providerCount }, (_, index) => ({
  id: `profile_${index}`,
  connector_key: `provider-${index}`,
  connector_label: `Provider ${index}`,
  categories: index % 3 === 0 ? ['hris', 'ats'] : ['crm'],
  logo_url: `https://logos.example.com/provider-${index}.png`,
  active: true,
}));
const profilePages = Array.from({ length: Math.ceil(providerCount / pageSize) }, (_, index) =>
  toList(profiles.slice(index * pageSize, (index + 1) * pageSize), providerCount, index + 1, pageSize),
);

/** @param {readonly unknown[]} data @param {number} total @param {number} page @param {number} size */
function toList(data, total, page, size) {
  return JSON.stringify({ page, page_size: size, total, data });
}

/** @param {string} owner @param {number} index */
function toAccount(owner, index) {
  return {
    id: `${owner}-account_${index}`,
    provider: `provider-${index % 8}`,
    origin_owner_id: owner,
    origin_owner_name: `Customer ${owner.slice('org_'.length)} Ltd`,
    origin_username: 'ada@example.com',
    label: `Office ${index}`,
    status: 'active',
    status_reasons: [],
    setup_information: null,
    created_at: '2026-01-05T09:00:00.000Z',
    updated_at: '2026-01-06T09:00:00.000Z',
  };
}

/** @param {URLSearchParams} query */
function listAccounts(query) {
  const owner = query.get('origin_owner_id') ?? '';
  const provider = query.get('providers');
  const all = Array.from({ length: accountCount }, (_, index) => toAccount(owner, index));
  const found = all.filter((account) => provider === null || account.provider === provider);
  return toList(found, found.length, 1, 25);
}

/** @param {string} body */
function createSession(body) {
  const input = JSON.parse(body);
  const token = `token-${++sessions}-FHPvutTe15VPM3bf52wVmAZ2JtsArweHZcUKWlkiee4`;
  return JSON.stringify({
    id: sessions,
    organization_id: 1042,
    project_id: 'bench',
    origin_owner_id: input.origin_owner_id,
    origin_owner_name: input.origin_owner_name,
    origin_username: input.origin_username ?? null,
    provider: input.provider ?? null,
    categories: null,
    account_id: null,
    label: input.label ?? null,
    metadata: null,
    type: 'production',
    created_at: '2026-01-05T09:00:00.000Z',
    token,
    auth_link_url: `https://hub.example.com/?token=${token}`,
  });
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  /** @param {number} status @param {string} body */
  const send = (status, body) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    response.writeHead(status, headers).end(body);
  };
  /** @param {number} status @param {string} body */
  const sendLate = (status, body) => (latencyMs > 0 ? setTimeout(send, latencyMs, status, body) : send(status, body));
  if (request.method === 'POST' && pathname === '/connect_sessions') {
    sendLate(201, createSession(await text(request)));
  } else if (pathname === '/accounts') {
    sendLate(200, listAccounts(searchParams));
  } else if (pathname.startsWith('/accounts/')) {
    const [owner = '', index] = pathname.slice('/accounts/'.length).split('-account_');
    sendLate(200, JSON.stringify(toAccount(owner, Number(index))));
  } else if (pathname === '/connector_profiles') {
    send(200, profilePages[Number(searchParams.get('page') ?? 1) - 1] ?? toList([], providerCount, 0, pageSize));
  } else {
    send(404, '{"statusCode":404}');
  }
});
server.keepAliveTimeout = 600_000;

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  serveParent({ url: `http://127.0.0.1:${port}` }, (message) => {
    latencyMs = message.latencyMs;
  });
});
