import type { FastifyError, FastifyInstance } from 'fastify';
import { ZodError } from 'zod';

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
function formatIssues(error: ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
}

function toStackOneError(error: FastifyError | StackOneError | ZodError): StackOneError {
  if (error instanceof StackOneError) {
    return error;
  }
  if (error instanceof ZodError) {
    return new StackOneError(400, formatIssues(error));
  }
  // Errors of Fastify itself: malformed JSON, a body that is too large, an unknown content type.
  return new StackOneError(error.statusCode ?? 500, error.message);
}

/** Sends every error of `app` in StackOne's format, including unknown routes and malformed bodies. */
export function addErrorHandlers(app: FastifyInstance, now: () => Date): void {
  app.setErrorHandler<FastifyError | StackOneError | ZodError>((error, _request, reply) => {
    const { statusCode, message, providerResponse } = toStackOneError(error);
    const provider = providerResponse === undefined ? {} : { provider_response: providerResponse };
    return reply.status(statusCode).send({ statusCode, message, timestamp: now().toISOString(), ...provider });
  });
  app.setNotFoundHandler((request) => {
    throw new StackOneError(404, `Cannot ${request.method} ${new URL(request.url, 'http://emulator').pathname}`);
  });
}
