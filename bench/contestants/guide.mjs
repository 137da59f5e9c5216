import { createServer } from 'node:http';
import express from 'express';
import { listenForBenchmark } from './shared/serve.mjs';

/** The handler of StackOne's guide, reimplemented with Express and the built-in `fetch`. No checks. */
const app = express();
app.use(express.json());

app.post('/graphql', async (request, response) => {
  const { provider, label } = request.body.variables;
  const upstreamResponse = await fetch(`${process.env['UPSTREAM']}/connect_sessions`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('bench-key:').toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      origin_owner_id: 'org_0',
      origin_owner_name: 'Customer 0 Ltd',
      provider,
      label,
      multiple: true,
    }),
  });
  if (!upstreamResponse.ok) {
    response.status(500).json({ error: 'the session could not be created' });
    return;
  }
  const { token } = /** @type {{ token: string }} */ (await upstreamResponse.json());
  response.json({ data: { createConnectSession: { token } } });
});

await listenForBenchmark(createServer(app));
