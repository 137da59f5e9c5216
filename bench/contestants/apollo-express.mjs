import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { createContext, resolvers, typeDefs } from './shared/schema.mjs';
import { listenForBenchmark } from './shared/serve.mjs';

/** Apollo Server on Express. No checks. */
const apollo = new ApolloServer({ typeDefs, resolvers });
await apollo.start();

const app = express();
const context = async (/** @type {{ req: express.Request }} */ { req }) => createContext(req.headers.authorization);
app.post('/graphql', express.json(), expressMiddleware(apollo, { context }));
await listenForBenchmark(createServer(app));
