import { GraphQLError } from 'graphql';
import type { Authenticate } from '../auth/authenticate.js';
import { AppError } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import { type DataSourceDependencies, StackOneDataSource } from '../linking/stackone-data-source.js';
import type { RequestContext } from '../observability/request-context.js';
import { toGraphQLError } from './http-head.js';
import { ResponseBudget } from './response-budget.js';

/** What every resolver receives. The caller is authenticated; no argument of the schema can name another owner. */
export interface GraphQLContext {
  readonly caller: Caller;
  readonly stackone: StackOneDataSource;
  readonly request: RequestContext;
  readonly budget: ResponseBudget;
}

/** The context of a request without an owner, in a host app with public fields of its own. Our fields are refused. */
export interface PublicContext {
  readonly request: RequestContext;
  readonly refusal: AppError;
}

export type ConnectContext = GraphQLContext | PublicContext;

export type CreateContext<Credentials> = (credentials: Credentials, request: RequestContext) => Promise<GraphQLContext>;

/** No operation runs without an authenticated caller, and neither does introspection. */
export function createContextFactory<Credentials>(
  authenticate: Authenticate<Credentials>,
  dependencies: DataSourceDependencies,
): CreateContext<Credentials> {
  return async (credentials, request) => {
    try {
      const caller = await authenticate(credentials);
      request.ownerId = caller.owner.id;
      request.telemetry.setOwner(caller.owner);
      const stackone = new StackOneDataSource(dependencies, caller, request);
      return { caller, stackone, request, budget: new ResponseBudget() };
    } catch (error) {
      request.telemetry.setError(error);
      throw toGraphQLError(error);
    }
  };
}

/** A request whose caller cannot be authenticated gets a context that refuses our fields. */
export function orPublic<Credentials>(
  createContext: CreateContext<Credentials>,
): (credentials: Credentials, request: RequestContext) => Promise<ConnectContext> {
  return async (credentials, request) => {
    try {
      return await createContext(credentials, request);
    } catch (error) {
      const original = error instanceof GraphQLError ? error.originalError : error;
      if (original instanceof AppError) {
        return { request, refusal: original };
      }
      throw error;
    }
  };
}
