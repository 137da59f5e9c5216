import { GraphQLScalarType } from 'graphql';
import { GraphQLISODateTime } from 'type-graphql';

/** Used for output only: no argument of this schema is a time. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLISODateTime.toConfig(),
  name: 'DateTime',
  description: 'A time in UTC in ISO 8601 format: `2026-11-22T08:00:00.000Z`.',
});
