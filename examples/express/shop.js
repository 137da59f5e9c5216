import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import cookieSession from 'cookie-session';
import express from 'express';
import { startConnect } from 'stackone-connect-graphql';

/** Your users, each of one of your customers. */
const users = new Map([
  ['ada', { email: 'ada@acme.example', customer: { id: 'acme', name: 'Acme Corporation' } }],
  ['hank', { email: 'hank@globex.example', customer: { id: 'globex', name: 'Globex' } }],
]);

/** Who has sent this request? Undefined: nobody who is signed in. */
function getOwner(request) {
  const user = users.get(request.session.user);
  return user && { ...user.customer, username: user.email };
}

/**
 * The product. `stackone` is what `startConnect` takes: the key, and where StackOne is when it is an emulator.
 * Port 0 takes any free port.
 */
export async function startShop({ stackone, port = 0 }) {
  const app = express();
  const httpServer = createServer(app);
  // Lax: a page of another site cannot act with this cookie. Behind https, add secure: true.
  app.use(cookieSession({ name: 'session', secret: randomBytes(32).toString('hex'), sameSite: 'lax' }));

  const connect = await startConnect({ ...stackone, getOwner });
  const apollo = new ApolloServer({
    ...connect.apolloOptions,
    plugins: [...connect.apolloOptions.plugins, ApolloServerPluginDrainHttpServer({ httpServer })],
  });
  await apollo.start();
  app.use(
    '/graphql',
    express.json({ limit: '16kb' }),
    expressMiddleware(apollo, { context: ({ req, res }) => connect.createContext(req, res) }),
  );

  addPages(app, stackone.baseUrl ?? 'https://api.stackone.com');
  await once(httpServer.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${httpServer.address().port}`,
    stop: async () => {
      await apollo.stop();
      await connect.stop();
    },
  };
}

const pages = fileURLToPath(new URL('public', import.meta.url));
const hubScript = createRequire(import.meta.url).resolve('@stackone/hub/webcomponent');

function addPages(app, hubUrl) {
  const contentSecurityPolicy = [
    "default-src 'none'",
    "script-src 'self'",
    // The Hub styles itself inline, carries its fonts as data: URLs, and calls StackOne.
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
    response.sendFile(users.has(request.session.user) ? 'accounts.html' : 'login.html', { root: pages });
  });
  app.post('/login', express.urlencoded({ extended: false }), (request, response) => {
    // A real login asks for a password.
    request.session.user = request.body.user;
    response.redirect(303, '/');
  });
  app.post('/logout', (request, response) => {
    request.session = null;
    response.redirect(303, '/');
  });
  app.get('/hub.js', (_request, response) => response.sendFile(hubScript));
  app.get('/hub-url', (_request, response) => response.json(hubUrl));
  app.use(express.static(pages, { index: false }));
}
