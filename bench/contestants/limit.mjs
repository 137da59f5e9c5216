import { createServer } from 'node:http';
import { listenForBenchmark } from './shared/serve.mjs';
import { createSession } from './shared/stackone.mjs';

/** The least that can be done: bytes in, a call to StackOne, bytes out. No GraphQL, no checks. */
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', async () => {
    const token = await createSession(JSON.parse(body).variables);
    const answer = JSON.stringify({ token });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) };
    response.writeHead(200, headers).end(answer);
  });
});

await listenForBenchmark(server);
