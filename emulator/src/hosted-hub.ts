import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { StackOneError } from './errors.js';
import { html } from './html.js';

const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
const querySchema = z.object({
  token: z.string(),
  /** Origin of the page that shows the Hub in an iframe. It receives the Hub's events as messages. */
  origin: z.string().refine(isOrigin).optional(),
});

const headersFor = (origin = "'none'") => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  // The minimum that the Hub requires. Other hosts are blocked.
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    `frame-ancestors ${origin}`,
  ].join('; '),
});

/** Posts the events of the Hub to the parent page, if that page has the expected origin. */
const notifyParentScript = `
const origin = new URLSearchParams(location.search).get('origin');
for (const type of ['success', 'close']) {
  document.querySelector('stackone-hub').addEventListener(type, ({ detail }) => {
    if (origin !== null) parent.postMessage({ hub: type, account: detail }, origin);
  });
}
`;

/** The page at `auth_link_url` of a session: the Hub, in its own tab or in the iframe of `connectLibrary`. */
export async function hostedHub(app: FastifyInstance, { url }: { url: () => string }): Promise<void> {
  app.get('/hub', (request, reply) => {
    const { token, origin } = querySchema.parse(request.query);
    const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Connect an account</title>
<style>body { margin: 0 auto; max-width: 640px; padding: 24px }</style>
<script src="/hub/stackone-hub.js" defer></script>
<script src="/hub/notify-parent.js" defer></script>
<stackone-hub mode="integration-picker" token="${token}" base-url="${url()}" height="600px"></stackone-hub>
</html>`;
    return reply.headers(headersFor(origin)).send(page.text);
  });

  app.get('/hub/notify-parent.js', (_request, reply) => reply.type('text/javascript').send(notifyParentScript));

  app.get('/hub/stackone-hub.js', async (_request, reply) => {
    const script = await readHubScript();
    return reply.type('text/javascript').send(script);
  });
}

/** The real Hub from `@stackone/hub`. The package is a development dependency and may be missing. */
async function readHubScript(): Promise<string> {
  try {
    return await readFile(createRequire(import.meta.url).resolve('@stackone/hub/webcomponent'), 'utf8');
  } catch {
    throw new StackOneError(404, 'The package @stackone/hub is not installed');
  }
}
