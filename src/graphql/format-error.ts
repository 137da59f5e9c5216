import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, type ErrorCode, isErrorCode, publicMessage } from '../errors.js';
import type { Logger } from '../logger.js';

/** Codes of Apollo's that this API does not have, because to a client they mean the same. */
const apolloCodes: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['BAD_REQUEST', 'BAD_USER_INPUT'],
  ['OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT'],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'BAD_USER_INPUT'],
  ['PERSISTED_QUERY_NOT_FOUND', 'BAD_USER_INPUT'],
]);

/** With these, graphql-js and Apollo speak of the client's own document and variables: their words may go out. */
const clientCodes: ReadonlySet<ErrorCode> = new Set([
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
]);

/**
 * The one way out for errors. An AppError leaves with its public message; a complaint about the client's
 * document without the values that it quotes; whatever is not known here is logged, and leaves as
 * `INTERNAL_SERVER_ERROR`.
 */
export function createFormatError(logger: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    if (original instanceof AppError) {
      return toAnswer(formatted, original.code, original.publicMessage, original.retryAfterSeconds);
    }
    const code = isLateComplaint(original) ? 'BAD_USER_INPUT' : ourCode(formatted.extensions?.['code']);
    if (code !== undefined && clientCodes.has(code)) {
      return toAnswer(formatted, code, withoutValues(formatted.message));
    }
    const { name, stack } = original instanceof Error ? original : new Error('not an Error was thrown');
    logger.error({ name, stack }, 'an error that nobody foresaw');
    return toAnswer(formatted, 'INTERNAL_SERVER_ERROR', publicMessage('INTERNAL_SERVER_ERROR'));
  };
}

function ourCode(given: unknown): ErrorCode | undefined {
  return isErrorCode(given) ? given : apolloCodes.get(given);
}

/**
 * About the client's variables too, but found only when the operation runs (null for a variable that has a
 * default, more bad values than are told), so Apollo takes it for a failure of this server.
 */
function isLateComplaint(error: unknown): boolean {
  return (
    error instanceof GraphQLError &&
    /^(Argument "\w+" (of (non-null|required) type|has invalid value) |Too many errors processing variables)/.test(
      error.message,
    )
  );
}

/**
 * graphql-js quotes the values of variables and literals that it complains about. Names of the schema may stay:
 * an author needs them, and in production Apollo has taken out what would give them away.
 */
function withoutValues(message: string): string {
  return message
    .replace(/^(Syntax Error: .*?):? "[\s\S]*$/, '$1.')
    .replace(/^Unknown operation named .*$/s, 'There is no operation of that name.')
    .replace(/^(Argument "\w+") .*$/s, '$1 has a value that does not fit its type.')
    .replace(/^(Variable "\$\w+") got invalid value .*$/s, '$1 has a value that does not fit its type.')
    .replace(/^(Expected value of type "[^"]*"), found .*$/s, '$1.')
    .replace(/^(\S+ cannot represent .*?): .*$/s, '$1.')
    .replace(/^(Enum "\w+" cannot represent .*?): .*$/s, '$1.')
    .replace(/^(Value) ".*" (does not exist in "\w+" enum).*$/s, '$1 $2.');
}

const maxRequestErrors = 3;

/** A request that cannot run is told a few of its errors: graphql-js finds up to fifty in one variable. */
export function createErrorLimitPlugin(): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ response: { body } }) {
          if (body.kind === 'single' && body.singleResult.errors?.every(({ path }) => path === undefined)) {
            body.singleResult.errors = body.singleResult.errors.slice(0, maxRequestErrors);
          }
        },
      };
    },
  };
}

function toAnswer(
  { locations, path }: GraphQLFormattedError,
  code: ErrorCode,
  message: string,
  retryAfterSeconds?: number,
): GraphQLFormattedError {
  return {
    message,
    ...(locations !== undefined && { locations }),
    ...(path !== undefined && { path }),
    extensions: { code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
  };
}
