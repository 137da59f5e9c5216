import { setImmediate } from 'node:timers/promises';
import { GraphQLScalarType } from 'graphql';
import { z } from 'zod';
import { badUserInput } from '../../domain/app-error.js';
import type { LinkedAccount } from '../../domain/linked-account.js';
import type { Provider } from '../../domain/provider.js';
import { isRecord } from '../../domain/values.js';
import type { StackOneDataSource } from '../../linking/stackone-data-source.js';
import type { GraphQLContext } from '../context.js';

/** Representations in all `_entities` fields of one request. Each account that they name is a request to StackOne. */
export const maxRepresentations = 25;
/** Below an owner's share of the calls in flight, so that several requests of one owner run next to each other. */
const maxParallelReads = 5;

export type Entity = LinkedAccount | Provider;

/** `_Any` of the federation specification: whatever a router sends, parsed below. TypeGraphQL recurses into lists. */
export const Representation = new GraphQLScalarType({
  name: '_Any',
  description: 'A reference to an entity: `__typename` and the fields of its key.',
  parseValue: (value) => (isRecord(value) ? value : {}),
});

/** A key that is not a text is like an id that does not exist: the entity is null. */
const key = z.string().catch('');
const referenceSchema = z.discriminatedUnion('__typename', [
  z.object({ __typename: z.literal('LinkedAccount'), id: key }),
  z.object({ __typename: z.literal('Provider'), key }),
]);
type Reference = z.output<typeof referenceSchema>;

const counts = new WeakMap<GraphQLContext, number>();

/**
 * Reads what the representations name, as the caller may see it. The entity of a read that fails is its error, so that
 * the others are returned.
 * @throws AppError `BAD_USER_INPUT`, before anything is read
 */
export async function readEntities(
  representations: readonly unknown[],
  context: GraphQLContext,
): Promise<readonly (Entity | Error | null)[]> {
  counts.set(context, (counts.get(context) ?? 0) + representations.length);
  // Until every `_entities` field of the request is counted.
  await setImmediate();
  if ((counts.get(context) ?? 0) > maxRepresentations) {
    throw badUserInput(`A request can have at most ${maxRepresentations} representations.`);
  }
  const references = representations.map(parseReference);
  const accounts = references.filter((reference) => reference.__typename === 'LinkedAccount');
  await context.stackone.prefetchAccounts(new Set(accounts.map(({ id }) => id)));
  const entities: (Entity | Error | null)[] = [];
  const pending = references.entries();
  const readPending = async () => {
    for (const [index, reference] of pending) {
      entities[index] = await read(reference, context.stackone);
    }
  };
  await Promise.all(Array.from({ length: maxParallelReads }, readPending));
  return entities;
}

function parseReference(representation: unknown): Reference {
  const parsed = referenceSchema.safeParse(representation);
  if (!parsed.success) {
    throw badUserInput('The `__typename` of a representation must be `LinkedAccount` or `Provider`.');
  }
  return parsed.data;
}

/** The data source reads the same account once, however many representations name it. */
async function read(reference: Reference, stackone: StackOneDataSource): Promise<Entity | Error | null> {
  try {
    switch (reference.__typename) {
      case 'LinkedAccount':
        return await stackone.linkedAccount(reference.id);
      case 'Provider':
        return await stackone.provider(reference.key);
    }
  } catch (error) {
    if (error instanceof Error) {
      return error;
    }
    throw error;
  }
}
