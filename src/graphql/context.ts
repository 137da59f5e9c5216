import type { ExecutionArgs } from 'graphql';
import type { Authenticate } from '../auth/authenticate.js';
import type { OwnedChange } from '../domain/account-change.js';
import { AppError } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import { isRecord } from '../domain/values.js';
import type { AccountChanges } from '../events/account-changes.js';
import { queueChanges } from '../events/change-queue.js';
import { type DataSourceDependencies, StackOneDataSource } from '../linking/stackone-data-source.js';
import { createFollowUpContext, type RequestContext } from '../observability/request-context.js';
import { inSpan } from '../observability/tracing.js';
import { toGraphQLError } from './http-head.js';
import { ResponseBudget } from './limits/response-budget.js';
import type { RefusedMutations } from './operations/refused-mutations.js';
import type { SharedTexts } from './operations/shared-texts.js';
import { originalOf } from './original-error.js';

/** What every resolver receives. The caller is authenticated; no argument of the schema can name another owner. */
export interface GraphQLContext {
  readonly caller: Caller;
  readonly stackone: StackOneDataSource;
  readonly request: RequestContext;
  readonly budget: ResponseBudget;
  /** Only while an operation of the store runs whose response `SharedTexts` serializes. */
  readonly sharedTexts?: SharedTexts;
  /** The account changes of the caller's owner, from now on. */
  readonly accountChanges: () => AsyncIterable<OwnedChange>;
  /** For the next event of a stream: the same caller, and nothing that was read before. */
  readonly renew: () => GraphQLContext;
  /** Only for `POST /graphql/stream`: receives the subscription after all checks. */
  readonly startSubscription?: (operation: SubscriptionOperation) => void;
  /** Only for requests of the playground: documents that are not trusted are accepted too. */
  readonly acceptsAnyDocument?: true;
}

export type SubscriptionOperation = Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>;

/** The context of a request without an owner, in a host app with public fields of its own. Our fields are refused. */
export interface PublicContext {
  readonly request: RequestContext;
  readonly refusal: AppError;
  /** Called with each rejected field of this schema. */
  readonly onRefused: (field: string) => void;
}

export type ConnectContext = GraphQLContext | PublicContext;

export type CreateContext<Credentials> = (credentials: Credentials, request: RequestContext) => Promise<GraphQLContext>;

/** From JavaScript, the context of an operation can be any value. */
export function isConnectContext(context: unknown): context is ConnectContext {
  return isRecord(context) && ('budget' in context || 'onRefused' in context);
}

/** No operation runs without an authenticated caller, and neither does introspection. */
export function createContextFactory<Credentials>(
  authenticate: Authenticate<Credentials>,
  dependencies: DataSourceDependencies,
  changes: AccountChanges,
): CreateContext<Credentials> {
  const createContext = (caller: Caller, request: RequestContext): GraphQLContext => ({
    caller,
    stackone: new StackOneDataSource(dependencies, caller, request),
    request,
    budget: new ResponseBudget(dependencies.work, caller.owner.id),
    accountChanges: () => queueChanges(changes, caller.owner.id),
    renew: () => createContext(caller, createFollowUpContext(request)),
  });
  return async (credentials, request) => {
    try {
      const caller = await inSpan('authenticate', request.traceContext, () => authenticate(credentials));
      request.ownerId = caller.owner.id;
      request.telemetry.setOwner(caller.owner);
      return createContext(caller, request);
    } catch (error) {
      request.telemetry.setError(error);
      throw toGraphQLError(error);
    }
  };
}

/** Like `createContext`, but a request whose caller cannot be authenticated gets a context that refuses our fields. */
export function createPublicContextFactory<Credentials>(
  createContext: CreateContext<Credentials>,
  refusedMutations: RefusedMutations,
): (credentials: Credentials, request: RequestContext) => Promise<ConnectContext> {
  return async (credentials, request) => {
    try {
      return await createContext(credentials, request);
    } catch (error) {
      const refusal = originalOf(error);
      if (refusal instanceof AppError) {
        return {
          request,
          refusal,
          onRefused: (field) => refusedMutations.recordField(field, request.id, refusal),
        };
      }
      throw error;
    }
  };
}
