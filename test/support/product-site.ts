import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { inPackage } from './package-files.js';

/** A product's page with the Hub in it; it keeps the Hub's events for the test to read. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>A product</title>
<link rel="icon" href="data:,"><script src="/hub.js"></script>
<script>
  const query = new URLSearchParams(location.search);
  const hub = document.createElement('stackone-hub');
  hub.setAttribute('mode', 'integration-picker');
  hub.setAttribute('token', query.get('token'));
  hub.setAttribute('base-url', query.get('api'));
  window.connected = [];
  hub.addEventListener('success', (event) => window.connected.push(event.detail));
  document.documentElement.append(hub);
</script>`;

export type ProductSite = { url: string; stop: () => Promise<void> };

/** Serves the page and the real Hub from an origin of its own, as a product would. */
export async function startProductSite(page = PAGE): Promise<ProductSite> {
  const script = await readFile(inPackage('node_modules/@stackone/hub/dist/webcomponent.js'));
  const server = createServer((request, response) => {
    const isScript = request.url === '/hub.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The product site does not listen');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
