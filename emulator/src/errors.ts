import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { type core, ZodError, type z } from 'zod';
import { isRecord } from './is-record.js';
import { requestUrl } from './request-url.js';

/** An error response in StackOne's format: `{statusCode, message, timestamp}`. */
export class StackOneError extends Error {
  /**
   * @param providerResponse message that the Hub shows to the user. Without it the Hub shows "Please try again
   *   later" and ignores `message`
   */
  constructor(
    readonly statusCode: number,
    message: string,
    readonly providerResponse?: string,
  ) {
    super(message);
  }
}

/** All schema violations in one string: the Hub crashes when `message` is an array. */
function formatIssues(issues: readonly core.$ZodIssue[]): string {
  return issues
    .map((issue) => {
      const [closest] = issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => a.length - b.length) : [];
      return closest ? formatIssues(closest) : `${issue.path.join('.') || 'body'}: ${issue.message}`;
    })
    .join('; ');
}

/** A property that is undefined is a missing one, as in JSON. */
function withoutUndefined(input: unknown): unknown {
  return isRecord(input) ? Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) : input;
}

/**
 * Parses what a test passes to a method of the emulator, like the same input over HTTP.
 * @throws StackOneError 400
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(withoutUndefined(input));
  if (!result.success) {
    throw new StackOneError(400, formatIssues(result.error.issues));
  }
  return result.data;
}

function toStackOneError(error: FastifyError | StackOneError | ZodError): StackOneError {
  if (error instanceof StackOneError) {
    return error;
  }
  if (error instanceof ZodError) {
    return new StackOneError(400, formatIssues(error.issues));
  }
  // Errors of Fastify itself: malformed JSON, a body that is too large, an unknown content type.
  return new StackOneError(error.statusCode ?? 500, error.message);
}

export function sendError(
  error: FastifyError | StackOneError | ZodError,
  reply: FastifyReply,
  now: Date,
): FastifyReply {
  const { statusCode, message, providerResponse } = toStackOneError(error);
  const provider = providerResponse === undefined ? {} : { provider_response: providerResponse };
  return reply.status(statusCode).send({ statusCode, message, timestamp: now.toISOString(), ...provider });
}

/** Sends every error of `app` in StackOne's format, including unknown routes and malformed bodies. */
export function addErrorHandlers(app: FastifyInstance, now: () => Date): void {
  app.setErrorHandler<FastifyError | StackOneError | ZodError>((error, _request, reply) =>
    sendError(error, reply, now()),
  );
  app.setNotFoundHandler((request) => {
    throw new StackOneError(404, `Cannot ${request.method} ${requestUrl(request).pathname}`);
  });
}
