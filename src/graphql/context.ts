import type { Authenticate } from '../auth/authenticate.js';
import type { Caller } from '../domain/caller.js';
import { type DataSourceDependencies, StackOneDataSource } from '../linking/stackone-data-source.js';
import type { RequestContext } from '../observability/request-context.js';
import { toGraphQLError } from './http-head.js';

/** What every resolver receives. The caller is authenticated; no argument of the schema can name another owner. */
export interface GraphQLContext {
  readonly caller: Caller;
  readonly stackone: StackOneDataSource;
  readonly request: RequestContext;
}

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
      return { caller, stackone: new StackOneDataSource(dependencies, caller, request), request };
    } catch (error) {
      request.telemetry.setError(error);
      throw toGraphQLError(error);
    }
  };
}
