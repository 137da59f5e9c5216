import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { serveParent } from './process.mjs';

/**
 * As much of StackOne as a mutation needs, in a process of its own and as fast as Node allows. Every session
 * has a token that was never given before, so that nobody can answer from a cache unnoticed.
 */
let latencyMs = 0;
let sessions = 0;

const authConfigs = JSON.stringify({
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
  const asked = JSON.parse(body);
  const token = `token-${++sessions}-FHPvutTe15VPM3bf52wVmAZ2JtsArweHZcUKWlkiee4`;
  return JSON.stringify({
    id: sessions,
    organization_id: 1042,
    project_id: 'bench',
    origin_owner_id: asked.origin_owner_id,
    origin_owner_name: asked.origin_owner_name,
    origin_username: asked.origin_username ?? null,
    provider: asked.provider ?? null,
    categories: null,
    account_id: null,
    label: asked.label ?? null,
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
    const answer = createSession(await text(request));
    if (latencyMs > 0) {
      setTimeout(send, latencyMs, 201, answer);
    } else {
      send(201, answer);
    }
  } else if (request.url?.startsWith('/auth_configs')) {
    send(200, authConfigs);
  } else {
    send(404, '{"statusCode":404}');
  }
});
server.keepAliveTimeout = 600_000;

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  serveParent({ url: `http://127.0.0.1:${port}` }, (question) => {
    latencyMs = question.latencyMs;
  });
});
