/** A host app with an Apollo Server that prints the token of one connect session. Its emulator is at `EMULATOR_URL`. */
const body = `
async function main() {
  const { EMULATOR_URL: baseUrl } = process.env;
  const getOwner = () => ({ id: 'org_acme', name: 'Acme Corporation' });
  const connect = await startConnect({ apiKey: 'demo-key', baseUrl, production: false, logLevel: 'warn', getOwner });
  const apollo = new ApolloServer(connect.apolloOptions);
  const { url } = await startStandaloneServer(apollo, {
    listen: { port: 0 },
    context: ({ req, res }) => connect.createContext(req, res),
  });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'mutation { createConnectSession { token } }' }),
  });
  console.log(JSON.stringify(await response.json()));
  await apollo.stop();
  await connect.stop();
}
main();
`;

export const esmHost = `
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { startConnect } from 'stackone-connect-graphql';
${body}`;

export const commonJsHost = `
const { ApolloServer } = require('@apollo/server');
const { startStandaloneServer } = require('@apollo/server/standalone');
const { startConnect } = require('stackone-connect-graphql');
${body}`;

/** What a host prints. */
export const printedToken = /^\{"data":\{"createConnectSession":\{"token":"[\w-]{43}"\}\}\}\n$/;

/** A route of the App Router of Next.js. */
export const nextRoute = `
import { ApolloServer, HeaderMap } from '@apollo/server';
import { startConnect } from 'stackone-connect-graphql';

async function start() {
  const { EMULATOR_URL: baseUrl } = process.env;
  const getOwner = () => ({ id: 'org_acme', name: 'Acme Corporation' });
  const connect = await startConnect({ apiKey: 'demo-key', baseUrl, production: false, logLevel: 'warn', getOwner });
  const apollo = new ApolloServer(connect.apolloOptions);
  await apollo.start();
  return { connect, apollo };
}
let started;

export async function POST(request) {
  started ??= start();
  const { connect, apollo } = await started;
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method,
      headers: new HeaderMap(request.headers),
      search: new URL(request.url).search,
      body: await request.json(),
    },
    context: () => connect.createContext(request),
  });
  return new Response(body.string, { status: status ?? 200, headers: [...headers] });
}
`;
