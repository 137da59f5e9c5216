import type { IncomingMessage } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { type Connect, type ConnectOptions, startConnect } from '../../src/embed.js';
import { canaries, type GraphQLResponse, post } from './test-env.js';

/** A product with its own Apollo Server and login, in front of an emulator. */
export interface Product {
  readonly connect: Connect<IncomingMessage>;
  readonly emulator: Emulator;
  readonly url: string;
  post(body: unknown, headers?: Record<string, string>): Promise<GraphQLResponse>;
  /** All log lines so far. */
  readonly lines: readonly LogLine[];
  stop(): Promise<void>;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

type Options = Partial<ConnectOptions<IncomingMessage>> & Pick<ConnectOptions<IncomingMessage>, 'getOwner'>;

export async function startProduct(options: Options): Promise<Product> {
  const emulator = await startEmulator({ apiKey: canaries.apiKey });
  const lines: LogLine[] = [];
  const log = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  const connect = await startConnect({
    apiKey: emulator.apiKey,
    baseUrl: emulator.url,
    production: false,
    introspection: false,
    rateLimitPerOwnerPerMinute: 1_000_000,
    rateLimitTotalPerMinute: 1_000_000,
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    ...options,
  });
  const apollo = new ApolloServer(connect.apolloOptions);
  const server = await startStandaloneServer(apollo, {
    listen: { host: '127.0.0.1', port: 0 },
    context: ({ req, res }) => connect.createContext(req, res),
  });
  const url = server.url.replace(/\/$/, '');
  return {
    connect,
    emulator,
    url,
    post: (body, headers = {}) => post(url, body, headers),
    lines,
    stop: async () => {
      await apollo.stop();
      await connect.stop();
      await emulator.stop();
    },
  };
}
