import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { StackOneError } from './errors.js';
import { html } from './html.js';

const Query = z.object({ token: z.string() });

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  // What the Hub is known to need, and no other host.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; font-src data:; img-src data:; connect-src 'self'",
};

/** The page behind a session's `auth_link_url`: the Hub, in a tab of its own. */
export async function hostedHub(app: FastifyInstance, { url }: { url: () => string }): Promise<void> {
  app.get('/hub', (request, reply) => {
    const { token } = Query.parse(request.query);
    const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Connect an account</title>
<style>body { margin: 0 auto; max-width: 640px; padding: 24px }</style>
<script src="/hub/stackone-hub.js" defer></script>
<stackone-hub mode="integration-picker" token="${token}" base-url="${url()}" height="600px"></stackone-hub>
</html>`;
    return reply.headers(HEADERS).send(page.text);
  });

  app.get('/hub/stackone-hub.js', async (_request, reply) => {
    const script = await readHubScript();
    return reply.type('text/javascript').send(script);
  });
}

/** The real Hub, where it is installed: it is a package for development. */
async function readHubScript(): Promise<string> {
  try {
    return await readFile(createRequire(import.meta.url).resolve('@stackone/hub/webcomponent'), 'utf8');
  } catch {
    throw new StackOneError(404, 'The package @stackone/hub is not installed here');
  }
}
