import { createServer } from 'node:http';
import { createContext, resolvers } from './shared/schema.mjs';
import { listenForBenchmark } from './shared/serve.mjs';

/** The lower bound: reads the request, calls StackOne, writes the response. No GraphQL, no checks. */
const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', async () => {
    const { operationName, variables } = JSON.parse(text);
    const context = createContext(request.headers.authorization);
    const body = JSON.stringify({ data: await run(operationName, variables, context) });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    response.writeHead(200, headers).end(body);
  });
});

const { Query, Mutation } = resolvers;

/** @param {string} name @param {any} variables @param {import('./shared/schema.mjs').Context} context */
async function run(name, variables, context) {
  switch (name) {
    case 'createConnectSession':
      return { createConnectSession: await Mutation.createConnectSession(undefined, variables, context) };
    case 'confirmLinkedAccount':
      return { confirmLinkedAccount: await Mutation.confirmLinkedAccount(undefined, variables, context) };
    case 'integrations': {
      const [providers, linkedAccounts] = await Promise.all([
        Query.providers(undefined, variables, context),
        Query.linkedAccounts(undefined, variables, context),
      ]);
      return { viewer: Query.viewer(undefined, variables, context), providers, linkedAccounts };
    }
    default:
      throw new Error(`unknown operation ${name}`);
  }
}

await listenForBenchmark(server);
