import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';

const acceptsJson = /(^|,)\s*(\*\/\*|application\/(\*|json|graphql-response\+json))\s*(;|,|$)/i;

/** Refuses an answer that the client would not take before it is made: Apollo finds out when a mutation has run. */
export function createAcceptPlugin(): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ request: { http } }) {
          if (!acceptsJson.test(http?.headers.get('accept') ?? '*/*')) {
            throw new GraphQLError('Accept application/json.', {
              extensions: { code: 'BAD_USER_INPUT', http: { status: 406 } },
            });
          }
        },
      };
    },
  };
}
