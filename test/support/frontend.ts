import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { build } from 'esbuild';
import { listen } from './listen.js';
import { inPackage } from './package-files.js';

export interface Frontend {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A product</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><body><div id="root"></div>
<script type="module" src="/page.js"></script></body></html>`;

/**
 * Serves a page of this folder as a product does, and forwards other requests to the demo. React is the
 * development build, whose warnings are console errors.
 * @param file such as `react-page.tsx`
 * @param contentSecurityPolicy changes the policy of the demo page
 */
export async function startFrontend(
  file: string,
  demoUrl: string,
  contentSecurityPolicy?: (policy: string) => string,
): Promise<Frontend> {
  return servePage(await bundle(file), demoUrl, contentSecurityPolicy);
}

/** The same for a script that a test has bundled. */
export async function servePage(
  script: string,
  demoUrl: string,
  contentSecurityPolicy = (policy: string) => policy,
): Promise<Frontend> {
  const { headers } = await fetch(demoUrl);
  // The Content-Security-Policy of the demo page is sufficient for the Hub and the dialog.
  const policy = contentSecurityPolicy(headers.get('content-security-policy') ?? '');
  const server = createServer((request, response) => {
    if (request.url === '/page.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else if (request.url?.startsWith('/?')) {
      response.setHeader('content-security-policy', policy).setHeader('content-type', 'text/html').end(page);
    } else {
      void forward(request, response, demoUrl);
    }
  });
  const { url, close } = await listen(server);
  return { url, stop: close };
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

async function forward(request: IncomingMessage, response: ServerResponse, demoUrl: string): Promise<void> {
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
