import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';

/** An instant as `2026-11-22T08:00:00.000Z`. Only ever an output: no argument of this schema is a time. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description: 'An instant in UTC, in ISO 8601: `2026-11-22T08:00:00.000Z`.',
});
