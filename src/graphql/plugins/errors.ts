import type { ApolloServerPlugin } from '@apollo/server';
import { chooseContentType } from '../content-type.js';
import { RequestError } from '../format-error.js';
import { httpHeadOf } from '../http-head.js';

const maxRequestErrors = 3;

/** Sets the HTTP status and headers that errors demand, and limits how many errors a response lists. */
export function createErrorsPlugin(): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return {
        /** Before the operation runs: Apollo Server itself checks `Accept` only after a mutation has run. */
        async didResolveOperation({ request: { http } }) {
          if (chooseContentType(http?.headers.get('accept')) === undefined) {
            throw new RequestError('Accept application/json.', {
              extensions: { code: 'BAD_USER_INPUT', http: { status: 406 } },
            });
          }
        },
        async willSendResponse({ errors, response: { body, http } }) {
          const { status, headers } = httpHeadOf(errors ?? []);
          if (status !== undefined) {
            http.status = status;
          }
          for (const [name, value] of headers) {
            http.headers.set(name, value);
          }
          // graphql-js finds up to fifty errors in one variable.
          if (body.kind === 'single' && body.singleResult.errors?.every(({ path }) => path === undefined)) {
            body.singleResult.errors = body.singleResult.errors.slice(0, maxRequestErrors);
          }
        },
      };
    },
  };
}
