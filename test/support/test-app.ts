import { afterAll, beforeEach } from '@jest/globals';
import { GraphQLClient } from 'graphql-request';
import type { JWTPayload } from 'jose';
import { getSdk, type LinkedAccountsQueryVariables, type Sdk } from '../../client/src/index.js';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { createLogger } from '../../src/observability/logger.js';
import { startServer } from '../../src/server.js';
import { canaries, type GraphQLResponse, post, signIn, testConfig } from './test-env.js';

// A test that starts an app imports everything from here. The others import `test-env`, which loads no server.
export {
  acme,
  canaries,
  errorCode,
  type GraphQLResponse,
  globex,
  ownerFields,
  post,
  productionEnv,
  sessionRequests,
  signIn,
  signToken,
  type TokenOptions,
  testConfig,
  testEnv,
} from './test-env.js';

/** A server in front of an emulator, with an access token issuer whose private key the tests have. */
export interface TestApp {
  readonly url: string;
  readonly emulator: Emulator;
  /** The generated client, authenticated with these claims. */
  sdk(claims: JWTPayload): Promise<Sdk>;
  /** Plain `POST /graphql`, for requests that the generated client does not send. */
  post(body: unknown, headers?: Record<string, string>): Promise<GraphQLResponse>;
  /** All log lines so far. */
  logs(): string;
  /** The metrics in Prometheus format. Requires `METRICS_PORT`. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** The ids of all linked accounts, read page by page. */
export async function readAllAccountIds(sdk: Sdk, variables: LinkedAccountsQueryVariables): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const { linkedAccounts: page } = await sdk.linkedAccounts({ ...variables, after });
    ids.push(...page.nodes.map(({ id }) => id));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return ids;
}

/** @param env overrides of the environment; `undefined` unsets a variable */
export async function startTestApp(env: Record<string, string | undefined> = {}): Promise<TestApp> {
  const emulator = await startEmulator({ apiKey: canaries.apiKey });
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => void lines.push(line) });
  const app = await startServer(testConfig({ STACKONE_BASE_URL: emulator.url, ...env }), { logger }).catch(
    async (error: unknown) => {
      await emulator.stop();
      throw error;
    },
  );
  return {
    url: app.url,
    emulator,
    sdk: async (claims) => {
      return getSdk(new GraphQLClient(`${app.url}/graphql`, { headers: await signIn(claims) }));
    },
    post: (body, headers = {}) => post(app.url, body, headers),
    logs: () => lines.join(''),
    metrics: async () => (await fetch(`${app.metricsUrl}/metrics`)).text(),
    stop: async () => {
      await app.stop();
      await emulator.stop();
    },
  };
}

/** Starts one server for a test file, and registers hooks that reset its emulator before each test and stop both. */
export async function startSharedApp(env?: Record<string, string | undefined>): Promise<TestApp> {
  const app = await startTestApp(env);
  beforeEach(() => app.emulator.reset());
  afterAll(() => app.stop());
  return app;
}
