import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLContext } from '../context.js';

/** Records the operation and its result in the telemetry of the request. */
export function createTelemetryPlugin(): ApolloServerPlugin<GraphQLContext> {
  return {
    async requestDidStart({ contextValue }) {
      const { telemetry } = contextValue.request;
      return {
        async didResolveOperation({ operation }) {
          telemetry.setOperation(operation);
        },
        async didEncounterErrors({ errors }) {
          telemetry.setErrors(errors);
        },
        async willSendResponse({ response: { body }, operation }) {
          if (body.kind === 'single') {
            telemetry.setResult(body.singleResult, operation);
          }
        },
      };
    },
  };
}
