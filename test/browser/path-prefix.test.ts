import { createServer, request as sendRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Demo } from '../../demo/start-demo.js';
import { describeInBrowser } from '../support/browser.js';
import { startTestDemo } from '../support/demo.js';
import { type Listener, listen } from '../support/listen.js';

const prefix = '/connect';

/** A reverse proxy that removes the prefix from the path. */
function startProxy(target: string): Promise<Listener> {
  const { port } = new URL(target);
  const proxy = createServer((request, response) => {
    const { method, url = '', headers } = request;
    if (!url.startsWith(`${prefix}/`)) {
      response.writeHead(404).end();
      return;
    }
    const forwarded = sendRequest({ host: '127.0.0.1', port, path: url.slice(prefix.length), method, headers });
    forwarded.once('response', (result) => {
      response.writeHead(result.statusCode ?? 500, result.headers);
      result.pipe(response);
    });
    forwarded.once('error', () => response.destroy());
    request.pipe(forwarded);
  });
  return listen(proxy);
}

describeInBrowser('behind a reverse proxy that removes a prefix of the path', ({ open }) => {
  let demo: Demo;
  let proxy: Listener;
  beforeAll(async () => {
    demo = await startTestDemo();
    proxy = await startProxy(demo.url);
  });
  afterAll(async () => {
    await proxy.close();
    await demo.stop();
  });

  test('the demo page shows the connections and opens the Hub', async () => {
    const page = await open([proxy.url, demo.emulator.url], `${prefix}/`);
    await page.getByText('Recruiting').first().waitFor();
    await page.getByRole('button', { name: 'Connect BambooHR' }).click();
    await page.locator('input[name=api_key]').waitFor();
    expect(await page.locator('a.playground').getAttribute('href')).toBe('graphql');
  });

  test.each(['/graphql', '/graphql/'])('the playground at %s runs an operation', async (path) => {
    const page = await open([proxy.url], `${prefix}${path}`);
    await page.getByRole('tab', { name: 'WhoAmI' }).waitFor();
    await page.getByRole('button', { name: /Execute query/ }).click();
    await page.getByText('Acme Corporation').first().waitFor();
  });
});
