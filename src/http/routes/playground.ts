import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
 * @param tokenPath where the page gets an access token. If absent, the user enters one
 */
export async function addPlayground(server: FastifyInstance, tokenPath: string | undefined): Promise<void> {
  const folder = findAssets();
  const template = await readFile(join(folder, 'index.html'), 'utf8');
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
      reply.type(type).send(await readFile(join(folder, name))),
    );
  }
}

/**
 * GraphiQL and React as their packages ship them. `npm run build` copies them to `dist/playground`. A bundle does not
 * contain them. No `new URL(path, import.meta.url)`: bundlers take it for a file to include, and stop without it.
 */
function findAssets(): string {
  // Empty in a CommonJS bundle.
  const code = URL.canParse(import.meta.url) ? dirname(fileURLToPath(import.meta.url)) : '.';
  // From the built file, from the one of CommonJS, and from the source file in tests.
  const candidates = ['../../../playground', '../playground', '../../../dist/playground'];
  const folder = candidates.map((path) => join(code, path)).find((path) => existsSync(join(path, 'graphiql.js')));
  if (folder === undefined) {
    throw new Error('The files of the playground are missing: run `npm run build`. In a bundle, set PLAYGROUND=false.');
  }
  return folder;
}
