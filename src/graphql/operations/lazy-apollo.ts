import type { ApolloServerOptionsWithSchema } from '@apollo/server';
import type { ConnectContext } from '../context.js';

/** A POST request. */
interface ApolloRequest {
  /** The `Accept` header. */
  readonly accept?: string | undefined;
  /** The parsed JSON of the request. */
  readonly body: unknown;
}

/** A response as a whole: the schema has no `@defer`, and `Streams` runs subscriptions. */
export interface ApolloResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Apollo Server, loaded at its first use. It is a fifth of the files that a start would load, and the operations of the
 * store do not need it.
 */
export class LazyApollo {
  readonly #options: ApolloServerOptionsWithSchema<ConnectContext>;
  #loaded: ReturnType<typeof load> | undefined;

  constructor(options: ApolloServerOptionsWithSchema<ConnectContext>) {
    this.#options = options;
  }

  load(): ReturnType<typeof load> {
    this.#loaded ??= load(this.#options);
    return this.#loaded;
  }

  /** @param createContext its errors are reported as Apollo Server does it */
  async execute(
    { accept, body }: ApolloRequest,
    createContext: () => Promise<ConnectContext>,
  ): Promise<ApolloResponse> {
    const { apollo, HeaderMap } = await this.load();
    // Only the headers that it needs. The body parser has checked that the body came as JSON.
    const headers = new HeaderMap([
      ['content-type', 'application/json'],
      ...(accept === undefined ? [] : [['accept', accept] as const]),
    ]);
    const response = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers, search: '', body },
      context: createContext,
    });
    const text = response.body.kind === 'complete' ? response.body.string : '';
    return { status: response.status ?? 200, headers: response.headers, body: text };
  }

  async stop(): Promise<void> {
    // The request that could not load it has reported why.
    const loaded = await this.#loaded?.catch(() => undefined);
    await loaded?.apollo.stop();
  }
}

async function load(options: ApolloServerOptionsWithSchema<ConnectContext>) {
  const { ApolloServer, HeaderMap } = await import('@apollo/server');
  const apollo = new ApolloServer<ConnectContext>(options);
  await apollo.start();
  return { apollo, HeaderMap };
}
