import type { HTTPGraphQLHead } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { AppError } from '../domain/app-error.js';
import { errorCodeInfo } from '../domain/error-codes.js';
import { originalOf } from './original-error.js';

/** The HTTP status and headers of a response. */
export interface HttpHead {
  /** Default: 200. */
  status?: number;
  readonly headers: Map<string, string>;
}

/**
 * The HTTP status and headers for errors. As in Apollo Server, the last error wins.
 * @param errors those whose original error is no AppError have no effect
 * @returns no status when no error has a status of its own
 */
export function httpHeadOf(errors: readonly unknown[]): HttpHead {
  const head: HttpHead = { headers: new Map() };
  const appErrors = errors.map(originalOf).filter((error) => error instanceof AppError);
  for (const { code, retryAfterSeconds } of appErrors) {
    const { httpStatus } = errorCodeInfo(code);
    if (code === 'UNAUTHENTICATED') {
      head.headers.set('www-authenticate', 'Bearer');
    }
    if (httpStatus !== undefined) {
      head.status = httpStatus;
      if (retryAfterSeconds !== undefined) {
        head.headers.set('retry-after', String(retryAfterSeconds));
      }
    }
  }
  return head;
}

export function applyHead({ status, headers }: HttpHead, target: HTTPGraphQLHead): void {
  if (status !== undefined) {
    target.status = status;
  }
  for (const [name, value] of headers) {
    target.headers.set(name, value);
  }
}

/** For an error before an operation runs: Apollo Server reads the status and headers from `extensions.http`. */
export function toGraphQLError(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error('the thrown value is no Error');
  const http = { status: 500, ...httpHeadOf([originalError]) };
  return new GraphQLError(originalError.message, { originalError, extensions: { http } });
}
