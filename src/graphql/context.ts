import type { DocumentNode } from 'graphql';
import type { Identify } from '../auth/identify.js';
import type { Owner } from '../auth/owner.js';
import { AppError } from '../errors.js';
import type { CallScope } from '../stackone/stackone-client.js';
import { type DataSourceDependencies, StackOneDataSource } from '../stackone/stackone-data-source.js';

/** What every resolver gets. The owner is here because a token or a login proved it; no argument can name another. */
export interface GraphQLContext {
  readonly owner: Owner;
  readonly stackone: StackOneDataSource;
  readonly record: RequestRecord;
}

/** What is told of a request in its line of the log and in the metrics, filled in as it becomes known. */
export interface RequestRecord {
  readonly scope: CallScope;
  /** The name that the client gave its operation. */
  operationName: string | undefined;
  /** The first field of the operation: unlike names there are few of them, so metrics may count by it. */
  field: string | undefined;
  /** Tells one owner's requests from another's, and not who it is. */
  ownerHash: string | undefined;
  /** What Apollo Server has parsed and accepted. */
  document: DocumentNode | undefined;
  /** The code of the first error or of the first user error; `ok` when there was none. */
  code: string;
  /** Why, for the operator. Says nothing that a caller or StackOne sent. */
  reason: string | undefined;
}

export type CreateContext<Credentials> = (
  credentials: Credentials,
  record: RequestRecord,
) => Promise<GraphQLContext>;

/** No operation runs without an owner, introspection included. */
export function createContextFactory<Credentials>(
  identify: Identify<Credentials>,
  dependencies: DataSourceDependencies,
): CreateContext<Credentials> {
  return async (credentials, record) => {
    try {
      const owner = await identify(credentials);
      record.ownerHash = owner.hash;
      return { owner, stackone: new StackOneDataSource(dependencies, owner, record.scope), record };
    } catch (error) {
      record.code = error instanceof AppError ? error.code : 'INTERNAL_SERVER_ERROR';
      record.reason = error instanceof AppError ? error.message : undefined;
      throw error;
    }
  };
}
