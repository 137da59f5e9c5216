import { HeaderMap, type HTTPGraphQLHead } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { AppError } from '../domain/app-error.js';
import { errorCodeInfo } from '../domain/error-codes.js';

/**
 * The HTTP status and headers that errors of this server demand. As in Apollo Server, the last error wins.
 * @returns no status when the errors demand none
 */
export function httpHeadOf(errors: readonly GraphQLError[] = []): HTTPGraphQLHead {
  const head: HTTPGraphQLHead = { headers: new HeaderMap() };
  for (const { originalError } of errors) {
    if (originalError instanceof AppError) {
      addError(head, originalError);
    }
  }
  return head;
}

function addError(head: HTTPGraphQLHead, { code, retryAfterSeconds }: AppError): void {
  const { httpStatus } = errorCodeInfo(code);
  if (httpStatus !== undefined) {
    head.status = httpStatus;
  }
  if (code === 'UNAUTHENTICATED') {
    head.headers.set('www-authenticate', 'Bearer');
  }
  if (retryAfterSeconds !== undefined && httpStatus !== undefined) {
    head.headers.set('retry-after', String(retryAfterSeconds));
  }
}

/** For an error before an operation runs: Apollo Server reads the status and headers from `extensions.http`. */
export function toGraphQLError(error: unknown): unknown {
  if (!(error instanceof AppError)) {
    return error;
  }
  const http: HTTPGraphQLHead = { headers: new HeaderMap() };
  addError(http, error);
  return new GraphQLError(error.publicMessage, {
    originalError: error,
    extensions: { code: error.code, http },
  });
}
