import type { Authenticate } from '../auth/authenticate.js';
import type { Owner } from '../auth/owner.js';
import { type DataSourceDependencies, StackOneDataSource } from '../stackone/stackone-data-source.js';

/** What every resolver gets. The owner is here because a token proved it; no argument can name another. */
export interface GraphQLContext {
  readonly owner: Owner;
  readonly stackone: StackOneDataSource;
}

/** The parts of an HTTP request that a context is made of. */
export interface ContextRequest {
  readonly authorization: string | undefined;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

export type CreateContext = (request: ContextRequest) => Promise<GraphQLContext>;

/** No operation runs without an owner, introspection included. */
export function createContextFactory(
  authenticate: Authenticate,
  dependencies: DataSourceDependencies,
): CreateContext {
  return async ({ authorization, signal }) => {
    const owner = await authenticate(authorization);
    return { owner, stackone: new StackOneDataSource(dependencies, owner, signal) };
  };
}
