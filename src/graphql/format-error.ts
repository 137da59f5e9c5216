import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError } from '../domain/app-error.js';
import { type ErrorCode, errorCodeInfo, isErrorCode } from '../domain/error-codes.js';
import type { Logger } from '../observability/logger.js';
import { describeUnexpectedError } from '../observability/unexpected-error.js';
import { originalOf } from './original-error.js';
import { safeMessage } from './safe-messages.js';

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Codes of Apollo Server that this API does not have, because they mean the same to a client. */
const apolloCodes: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['BAD_REQUEST', 'BAD_USER_INPUT'],
  ['OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT'],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'BAD_USER_INPUT'],
]);

/** The codes of errors about the client's own document and variables. */
const clientCodes: ReadonlySet<ErrorCode> = new Set([
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
]);

/** An error about the request that this layer itself detects. Its message is written here and contains no value. */
export class RequestError extends GraphQLError {
  /** @param status absent for an error of a validation rule, to which Apollo Server gives its own code and status */
  constructor(message: string, status?: number) {
    super(message, status === undefined ? {} : { extensions: { code: 'BAD_USER_INPUT', http: { status } } });
  }
}

const hostErrors = new WeakSet<object>();

/** Marks an error of a host app's own field, which leaves as the host app made it. */
export function leaveToHost(error: GraphQLError): void {
  hostErrors.add(error);
}

/**
 * Every error of our fields leaves through this function. An AppError leaves with its public message, an error about the client's
 * document without the values that it quotes. Any other error is logged and leaves as `INTERNAL_SERVER_ERROR`.
 * @param hostFormat of a host app: it is called with the result, and its own result leaves. If it throws, the error leaves
 *   without it
 */
export function createFormatError(logger: Logger, production: boolean, hostFormat?: FormatError): FormatError {
  const formatOwn: FormatError = (formatted, error) => {
    const original = originalOf(error);
    if (original instanceof AppError) {
      return format(formatted, original.code, original.publicMessage, original.retryAfterSeconds);
    }
    if (isHostError(error, formatted)) {
      return formatted;
    }
    const code = isLateInputError(original) ? 'BAD_USER_INPUT' : toErrorCode(formatted.extensions?.['code']);
    if (code !== undefined && clientCodes.has(code)) {
      const message = original instanceof RequestError ? original.message : safeMessage(formatted.message);
      return format(formatted, code, message ?? errorCodeInfo(code).message);
    }
    logger.error(describeUnexpectedError(original, production), 'unexpected error');
    return format(formatted, 'INTERNAL_SERVER_ERROR', errorCodeInfo('INTERNAL_SERVER_ERROR').message);
  };
  if (hostFormat === undefined) {
    return formatOwn;
  }
  return (formatted, error) => {
    const own = formatOwn(formatted, error);
    try {
      return hostFormat(own, error);
    } catch (thrown) {
      logger.error(describeUnexpectedError(thrown, production), 'formatError threw');
      return own;
    }
  };
}

/** Does what Apollo Server does before it calls `formatError`. */
export function toFormatted(error: GraphQLError): GraphQLFormattedError {
  return { ...error.toJSON(), extensions: { code: 'INTERNAL_SERVER_ERROR', ...error.extensions } };
}

/**
 * An error of a host app's own field, or one that the host app's own code made for clients, with a code of its own, such as
 * its `context` function.
 */
function isHostError(error: unknown, { extensions, path }: GraphQLFormattedError): boolean {
  if (!(error instanceof GraphQLError)) {
    return false;
  }
  const isMadeForClients = error.originalError === undefined && path === undefined;
  return hostErrors.has(error) || (isMadeForClients && toErrorCode(extensions?.['code']) === undefined);
}

function toErrorCode(code: unknown): ErrorCode | undefined {
  return isErrorCode(code) ? code : apolloCodes.get(code);
}

/**
 * Errors about the client's variables that graphql-js finds only while the operation runs, such as null for a variable
 * with a default. Apollo Server takes them for failures of the server.
 */
export function isLateInputError(error: unknown): boolean {
  return (
    error instanceof GraphQLError &&
    /^(Argument "\w+" (of (non-null|required) type|has invalid value) |Too many errors processing variables)/.test(
      error.message,
    )
  );
}

function format(
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
