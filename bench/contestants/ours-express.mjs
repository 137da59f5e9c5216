import { createServer } from 'node:http';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { apollo, createContext } from './shared/embedded.mjs';
import { listenForBenchmark } from './shared/serve.mjs';

/** This package in the Apollo Server of `apollo-express`. */
const app = express();
/** @param {{ req: express.Request, res: express.Response }} exchange */
const context = ({ req, res }) => createContext(req, res);
app.post('/graphql', express.json(), expressMiddleware(apollo, { context }));
await listenForBenchmark(createServer(app));
