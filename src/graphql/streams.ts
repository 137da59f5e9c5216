import type { Readable } from 'node:stream';
import { createSourceEventStream, type ExecutionArgs, execute, GraphQLError, type GraphQLSchema } from 'graphql';
import type { OwnedChange } from '../domain/account-change.js';
import { AppError } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import { isRecord } from '../domain/values.js';
import type { Observability } from '../observability/observability.js';
import type { GraphQLContext, SubscriptionOperation } from './context.js';
import { EventStream } from './event-stream.js';
import { type FormatError, toFormatted } from './format-error.js';
import { httpHeadOf, toGraphQLError } from './http-head.js';
import type { ApolloResponse, LazyApollo } from './operations/lazy-apollo.js';

/** One person can have streams in several tabs. Without usernames, only the limit of the owner applies. */
const maxStreamsPerPerson = 10;
const maxStreamsPerOwner = 100;
const maxStreams = 5_000;
const maxDurationMs = 60 * 60_000;
const heartbeatMs = 15_000;
const retryAfterSeconds = 30;

/** Events, or a JSON response that says why there are none. */
type StreamResponse =
  | { readonly kind: 'events'; readonly events: Readable }
  | ({ readonly kind: 'json' } & ApolloResponse);

interface OpenStream {
  readonly ownerId: string;
  readonly username: string | null;
  readonly stream: EventStream;
}

/**
 * `POST /graphql/stream`: GraphQL over server-sent events, one connection for each subscription (the distinct connections
 * mode of https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md). Apollo Server authenticates, parses, limits
 * and validates, so every refusal is that of `POST /graphql`.
 */
export class Streams {
  readonly #schema: GraphQLSchema;
  readonly #apollo: LazyApollo;
  readonly #formatError: FormatError;
  readonly #observability: Observability;
  readonly #open = new Set<OpenStream>();
  #isStopping = false;
  #heartbeats: NodeJS.Timeout | undefined;

  constructor(schema: GraphQLSchema, apollo: LazyApollo, formatError: FormatError, observability: Observability) {
    this.#schema = schema;
    this.#apollo = apollo;
    this.#formatError = formatError;
    this.#observability = observability;
  }

  /**
   * @param body the parsed JSON of the request
   * @param createContext authenticates the caller. Called once, and Apollo Server reports its errors
   */
  async start(body: unknown, createContext: () => Promise<GraphQLContext>): Promise<StreamResponse> {
    let subscribe: (() => Promise<StreamResponse>) | undefined;
    const response = await this.#apollo.execute({ body }, async () => {
      const context = await createContext();
      const startSubscription = (operation: SubscriptionOperation) => {
        subscribe = () => this.#subscribe({ schema: this.#schema, ...operation }, context);
      };
      return { ...context, startSubscription };
    });
    return subscribe === undefined ? { kind: 'json', ...response } : subscribe();
  }

  /** A host app can stop its Apollo Server and start another one. */
  acceptAgain(): void {
    this.#isStopping = false;
  }

  /** Before a stop. Completes every stream, and from now on each new one at once, so that pages connect elsewhere. */
  completeAll(): void {
    this.#isStopping = true;
    for (const { stream } of this.#open) {
      stream.complete();
    }
  }

  async #subscribe(args: ExecutionArgs, context: GraphQLContext): Promise<StreamResponse> {
    const source = await createSourceEventStream({ ...args, contextValue: context });
    if (!isAsyncIterable(source)) {
      return this.#refuse((source.errors ?? []).map(toInputError), 400);
    }
    // Directly before the stream counts itself: requests that wait for the same keys continue at the same time.
    if (this.#isFull(context.caller)) {
      await source[Symbol.asyncIterator]().return?.();
      const error = new AppError('RATE_LIMITED', 'too many open streams', { retryAfterSeconds });
      return this.#refuse([toGraphQLError(error)], 429);
    }
    return this.#openStream(source, args, context);
  }

  #isFull({ owner, username }: Caller): boolean {
    const ofOwner = [...this.#open].filter(({ ownerId }) => ownerId === owner.id);
    const ofPerson = username === null ? [] : ofOwner.filter((open) => open.username === username);
    return (
      ofPerson.length >= maxStreamsPerPerson || ofOwner.length >= maxStreamsPerOwner || this.#open.size >= maxStreams
    );
  }

  #openStream(source: AsyncIterable<unknown>, args: ExecutionArgs, context: GraphQLContext): StreamResponse {
    const { owner, username, expiresAt } = context.caller;
    const { cancellation } = context.request;
    const untilExpiry = (expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now();
    const timer = setTimeout(() => stream.complete(), Math.min(untilExpiry, maxDurationMs)).unref();
    const leave = () => stream.readable.destroy();
    const stream = new EventStream(this.#results(source, args, context), () => {
      clearTimeout(timer);
      cancellation.removeEventListener('abort', leave);
      this.#open.delete(entry);
      this.#openChanged();
    });
    const entry = { ownerId: owner.id, username, stream };
    this.#open.add(entry);
    this.#openChanged();
    if (this.#isStopping) {
      stream.complete();
    }
    // The client can leave before its response begins: while its owner is looked up, or as a pipelined request.
    cancellation.addEventListener('abort', leave);
    if (cancellation.aborted) {
      leave();
    }
    return { kind: 'events', events: stream.readable };
  }

  /** Each change is an execution of its own, with data that is read then. */
  #results(source: AsyncIterable<unknown>, args: ExecutionArgs, context: GraphQLContext): AsyncIterator<object> {
    const changes = source[Symbol.asyncIterator]();
    const next = async (): Promise<IteratorResult<object>> => {
      const { done, value } = await changes.next();
      if (done === true) {
        return { done, value: undefined };
      }
      // The subscription is limited to the owner already. This is the second comparison, where the change leaves.
      if (!isOwnedChange(value) || value.ownerId !== context.caller.owner.id) {
        return next();
      }
      const contextValue = context.renew();
      contextValue.budget.open();
      const { data, errors } = await execute({ ...args, rootValue: value, contextValue });
      return { done: false, value: { ...this.#formatErrors(errors), data } };
    };
    return {
      next,
      return: async () => {
        await changes.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  #refuse(errors: readonly GraphQLError[], status: number): StreamResponse {
    const headers = new Map([['content-type', 'application/json; charset=utf-8'], ...httpHeadOf(errors).headers]);
    return { kind: 'json', status, headers, body: JSON.stringify(this.#formatErrors(errors)) };
  }

  #formatErrors(errors: readonly GraphQLError[] | undefined) {
    return errors && { errors: errors.map((error) => this.#formatError(toFormatted(error), error)) };
  }

  #openChanged(): void {
    this.#observability.metrics.setOpenStreams(this.#open.size);
    if (this.#open.size === 0) {
      clearInterval(this.#heartbeats);
      this.#heartbeats = undefined;
    } else {
      this.#heartbeats ??= setInterval(() => this.#sendHeartbeats(), heartbeatMs).unref();
    }
  }

  #sendHeartbeats(): void {
    for (const { stream } of this.#open) {
      stream.sendHeartbeat();
    }
  }
}

/** Before a field has run, only the variables can be wrong. */
function toInputError(error: GraphQLError): GraphQLError {
  const { message, nodes = null, path } = error;
  return path === undefined ? new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } }) : error;
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}

function isOwnedChange(value: unknown): value is OwnedChange {
  return isRecord(value) && 'ownerId' in value && 'change' in value;
}
