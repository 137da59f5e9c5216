import { createServer } from 'node:http';
import { listenForBenchmark } from './shared/serve.mjs';
import { createSession } from './shared/stackone.mjs';

/** The lower bound: reads the request, calls StackOne, writes the response. No GraphQL, no checks. */
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', async () => {
    const token = await createSession(JSON.parse(body).variables);
    const responseBody = JSON.stringify({ token });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(responseBody) };
    response.writeHead(200, headers).end(responseBody);
  });
});

await listenForBenchmark(server);
