import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { connect } from './shared/embedded.mjs';
import { listenForBenchmark } from './shared/serve.mjs';

/** This package in the Apollo Server of `apollo-express`. */
const apollo = new ApolloServer(connect.apolloOptions);
await apollo.start();

const app = express();
/** @param {{ req: express.Request, res: express.Response }} exchange */
const context = ({ req, res }) => connect.createContext(req, res);
app.post('/graphql', express.json(), expressMiddleware(apollo, { context }));
await listenForBenchmark(createServer(app));
