import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { handleWrongMethod } from '../errors.js';

const script = 'text/javascript; charset=utf-8';
const assets = {
  'react.js': script,
  'react-dom.js': script,
  'graphiql.js': script,
  'graphiql.css': 'text/css; charset=utf-8',
  'start.js': script,
} as const;

/** No inline scripts and no requests to other hosts. GraphiQL's editor sets inline styles. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * GraphiQL at `GET /graphql` for browsers, without files from other hosts.
 * @param tokenPath where the page gets an access token. Absent: the user enters one
 */
export async function addPlayground(server: FastifyInstance, tokenPath: string | undefined): Promise<void> {
  const folder = findAssets();
  const template = await readFile(new URL('index.html', folder), 'utf8');
  // A path of this server, so it needs no escaping.
  const page = template.replace('{{tokenPath}}', tokenPath ?? '');
  server.get('/graphql', async (request, reply) => {
    if (!/\btext\/html\b/.test(request.headers.accept ?? '')) {
      return handleWrongMethod(request, reply);
    }
    if (/^[^?]*\/(\?|$)/.test(request.url)) {
      // The page has relative URLs, so that it works behind a proxy that removes a prefix of the path.
      return reply.redirect('../graphql');
    }
    return reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy).send(page);
  });
  for (const [name, type] of Object.entries(assets)) {
    server.get(`/playground/${name}`, async (_request, reply) =>
      reply.type(type).send(await readFile(new URL(name, folder))),
    );
  }
}

/** GraphiQL and React as their packages ship them. `npm run build` copies them to `dist/playground`. */
function findAssets(): URL {
  // From the built file, and from the source file in tests.
  const candidates = ['../../../playground/', '../../../dist/playground/'];
  const folder = candidates
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(fileURLToPath(new URL('graphiql.js', url))));
  if (folder === undefined) {
    throw new Error('The playground is not built: run `npm run build`, or set PLAYGROUND=false.');
  }
  return folder;
}
