import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { thisPackage } from '../package.js';
import { methodNotAllowed } from './http-error.js';

/** GraphiQL and React as their packages ship them, and our page around them: `npm run build` puts them there. */
const folder = join(thisPackage.folder, 'dist/playground');
const script = 'text/javascript; charset=utf-8';
const assets = {
  'react.js': script,
  'react-dom.js': script,
  'graphiql.js': script,
  'graphiql.css': 'text/css; charset=utf-8',
  'start.js': script,
} as const;

/** No inline script, and no request to any other host. GraphiQL's editor sets inline styles. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * GraphiQL at `GET /graphql` for browsers, from this host alone.
 * @param tokenPath where the page gets an access token for its headers; without it they are left to the person
 */
export async function addPlayground(server: FastifyInstance, tokenPath: string | undefined): Promise<void> {
  if (!existsSync(join(folder, 'graphiql.js'))) {
    throw new Error('The playground has not been built: run `npm run build`, or set PLAYGROUND=false.');
  }
  const page = renderPage(tokenPath ?? '');
  server.get('/graphql', async (request, reply) => {
    if (!/\btext\/html\b/.test(request.headers.accept ?? '')) {
      return methodNotAllowed(request, reply);
    }
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy)
      .send(page);
  });
  for (const [name, type] of Object.entries(assets)) {
    server.get(`/playground/${name}`, async (_request, reply) =>
      reply.type(type).send(await readFile(join(folder, name))),
    );
  }
}

/** @param tokenPath a path of this server's own, so there is nothing to escape */
function renderPage(tokenPath: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="token-path" content="${tokenPath}">
<title>GraphQL playground</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/playground/graphiql.css">
<style>body { margin: 0 } #playground { height: 100dvh }</style>
</head>
<body>
<div id="playground"></div>
<script src="/playground/react.js"></script>
<script src="/playground/react-dom.js"></script>
<script src="/playground/graphiql.js"></script>
<script src="/playground/start.js"></script>
</body>
</html>
`;
}
