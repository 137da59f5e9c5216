import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import cookieSession from 'cookie-session';
import { build } from 'esbuild';
import express from 'express';
import { startConnect } from 'stackone-connect-graphql';

/** The users. Each belongs to one customer. */
const users = new Map([
  ['ada', { email: 'ada@acme.example', customer: { id: 'acme', name: 'Acme Corporation' } }],
  ['hank', { email: 'hank@globex.example', customer: { id: 'globex', name: 'Globex' } }],
]);

/** Returns the customer of the signed-in user, or undefined when the user is not signed in. */
function getOwner(request) {
  const user = users.get(request.session.user);
  return user && { ...user.customer, username: user.email };
}

/** Called when an account was linked, changed, broke, works again or was removed. A real shop notifies its customer. */
function logChange({ ownerId, kind, accountId }) {
  process.stdout.write(`Account ${accountId} of ${ownerId}: ${kind}\n`);
}

/**
 * Starts the host app. `stackone` has the options of `startConnect` for StackOne: the API key, the secret of the
 * webhook, and the URL of an emulator. Port 0 takes any free port.
 */
export async function startShop({ stackone, port = 0, onAccountChange = logChange }) {
  const app = express();
  const httpServer = createServer(app);
  // CSRF protection: browsers do not send a Lax cookie with POST requests of other sites. With HTTPS, add secure: true.
  app.use(cookieSession({ name: 'session', secret: randomBytes(32).toString('hex'), sameSite: 'lax' }));

  const connect = await startConnect({ ...stackone, getOwner, onAccountChange });
  const apollo = new ApolloServer({
    ...connect.apolloOptions,
    plugins: [...connect.apolloOptions.plugins, ApolloServerPluginDrainHttpServer({ httpServer })],
  });
  await apollo.start();
  // No body parser runs before: the signature is over the bytes of the body.
  app.post('/webhooks/stackone', connect.handleWebhook);
  app.post('/graphql/stream', connect.handleStream);
  app.use(
    '/graphql',
    express.json({ limit: '16kb' }),
    expressMiddleware(apollo, { context: ({ req, res }) => connect.createContext(req, res) }),
  );

  await addPages(app, stackone.baseUrl ?? 'https://api.stackone.com');
  await once(httpServer.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${httpServer.address().port}`,
    stop: async () => {
      await apollo.stop();
      await connect.stop();
    },
  };
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const hubScript = createRequire(import.meta.url).resolve('@stackone/hub/webcomponent');

async function addPages(app, hubUrl) {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['page.js'],
    bundle: true,
    format: 'esm',
    define: { 'import.meta.env.HUB_URL': JSON.stringify(hubUrl) },
    write: false,
  });
  const pages = `${folder}/public`;
  const contentSecurityPolicy = [
    "default-src 'none'",
    "script-src 'self'",
    // The Hub uses inline styles and fonts in data: URLs, and calls StackOne.
    "style-src 'self' 'unsafe-inline'",
    'font-src data:',
    `img-src data: ${hubUrl}`,
    `connect-src 'self' ${hubUrl}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  app.use((_request, response, next) => {
    response.set({ 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff' });
    next();
  });
  app.get('/', (request, response) => {
    // Two pages have this URL: without this header, a browser could show the one from before the login.
    response.set('cache-control', 'no-store');
    response.sendFile(users.has(request.session.user) ? 'accounts.html' : 'login.html', { root: pages });
  });
  app.post('/login', express.urlencoded({ extended: false }), (request, response) => {
    // A real login checks a password.
    request.session.user = request.body.user;
    response.redirect(303, '/');
  });
  app.post('/logout', (request, response) => {
    request.session = null;
    response.redirect(303, '/');
  });
  // Some package managers install into a folder whose name starts with a dot.
  app.get('/hub.js', (_request, response) => response.sendFile(hubScript, { dotfiles: 'allow' }));
  app.get('/page.js', (_request, response) => response.type('js').send(outputFiles[0].text));
  app.use(express.static(pages, { index: false }));
}
