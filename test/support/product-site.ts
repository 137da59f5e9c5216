import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { listen } from './listen.js';
import { inPackage } from './package-files.js';

/** A page of a product with the Hub. It stores the Hub's success events in `window.connected`. */
const defaultPage = `<!doctype html><meta charset="utf-8"><title>A product</title>
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

export interface ProductSite {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Serves the page and the real Hub from a separate origin, as a product does. */
export async function startProductSite(page = defaultPage): Promise<ProductSite> {
  const script = await readFile(inPackage('node_modules/@stackone/hub/dist/webcomponent.js'));
  const server = createServer((request, response) => {
    const isScript = request.url === '/hub.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : page);
  });
  const { url, close } = await listen(server);
  return { url, stop: close };
}
