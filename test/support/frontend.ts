import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { build } from 'esbuild';
import { inPackage } from './package-files.js';

export interface Frontend {
  readonly url: string;
  readonly stop: () => void;
}

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A product</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><body><div id="root"></div>
<script type="module" src="/page.js"></script></body></html>`;

/**
 * Serves a page of this folder as a product would, and passes its other requests on to the demo. React is the
 * development build: what it warns of is an error in the console.
 * @param file such as `react-page.tsx`
 */
export async function startFrontend(file: string, demoUrl: string): Promise<Frontend> {
  const script = await bundle(file);
  const { headers } = await fetch(demoUrl);
  // The demo page's policy: neither the Hub nor the dialog needs more.
  const policy = headers.get('content-security-policy') ?? '';
  const server = createServer((request, response) => {
    if (request.url === '/page.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else if (request.url?.startsWith('/?')) {
      response.setHeader('content-security-policy', policy).setHeader('content-type', 'text/html').end(page);
    } else {
      void passOn(request, response, demoUrl);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The site does not listen');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const bundles = new Map<string, Promise<string>>();

function bundle(file: string): Promise<string> {
  const bundled = bundles.get(file) ?? makeBundle(file);
  bundles.set(file, bundled);
  return bundled;
}

async function makeBundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [inPackage(`test/support/${file}`)],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}

async function passOn(request: IncomingMessage, response: ServerResponse, demoUrl: string): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const body = Buffer.concat(await request.toArray());
  const demoResponse = await fetch(demoUrl + url, {
    method,
    headers: {
      'content-type': headers['content-type'] ?? '',
      ...(headers.authorization !== undefined && { authorization: headers.authorization }),
    },
    ...(method === 'POST' && { body }),
  });
  response.statusCode = demoResponse.status;
  response.setHeader('content-type', demoResponse.headers.get('content-type') ?? '');
  response.end(Buffer.from(await demoResponse.arrayBuffer()));
}
