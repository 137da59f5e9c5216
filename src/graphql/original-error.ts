import { GraphQLError } from 'graphql';
import { AppError } from '../domain/app-error.js';

/** The error that was thrown. graphql-js has put it into a GraphQLError, and tools that stitch schemas into further ones. */
export function originalOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? originalOf(error.originalError) : error;
}

/**
 * Leaves out errors with the same original error, except for the first one: a request that is refused as a whole is
 * refused in each of its fields.
 * @param items one for each error: the errors themselves, or their formatted ones
 */
export function firstOfEach<Item>(errors: readonly unknown[], items: readonly Item[]): Item[] {
  const seen = new Set<unknown>();
  return items.filter((_, index) => {
    const original = originalOf(errors[index]);
    const isRepeated = original instanceof AppError && seen.has(original);
    seen.add(original);
    return !isRepeated;
  });
}
