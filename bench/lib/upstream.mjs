import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { serveParent } from './process.mjs';

/**
 * A minimal and fast StackOne for the mutation, in its own process. Every session gets a new token, so that a cached
 * response is detected.
 */
let latencyMs = 0;
let sessions = 0;

const connectorProfiles = JSON.stringify({
  page: 1,
  page_size: 100,
  total: 1,
  data: [
    {
      id: 'cfg_1',
      connector_key: 'bamboohr',
      connector_label: 'BambooHR',
      categories: ['hris'],
      active: true,
    },
  ],
});

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
  /** @param {number} status @param {string} body */
  const send = (status, body) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    response.writeHead(status, headers).end(body);
  };
  if (request.method === 'POST' && request.url === '/connect_sessions') {
    const session = createSession(await text(request));
    if (latencyMs > 0) {
      setTimeout(send, latencyMs, 201, session);
    } else {
      send(201, session);
    }
  } else if (request.url?.startsWith('/connector_profiles')) {
    send(200, connectorProfiles);
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
