import type { FastifyError, FastifyInstance } from 'fastify';
import { ZodError } from 'zod';

/** An answer other than success, in the shape that StackOne gives it: `{statusCode, message, timestamp}`. */
export class StackOneError extends Error {
  /**
   * @param providerResponse what the Hub shows the person who connects; without it the Hub says
   *   "Please try again later", whatever `message` is
   */
  constructor(
    readonly statusCode: number,
    message: string,
    readonly providerResponse?: string,
  ) {
    super(message);
  }
}

/** One sentence for all that a schema refused: the Hub crashes on a `message` that is a list. */
function describe(error: ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
}

function asStackOneError(error: FastifyError | StackOneError | ZodError): StackOneError {
  if (error instanceof StackOneError) return error;
  if (error instanceof ZodError) return new StackOneError(400, describe(error));
  // Fastify's own refusals: malformed JSON, a body too large, an unknown content type.
  return new StackOneError(error.statusCode ?? 500, error.message);
}

/** Makes every failure of `app`, unknown routes and malformed bodies included, answer in StackOne's shape. */
export function answerErrorsLikeStackOne(app: FastifyInstance, now: () => Date): void {
  app.setErrorHandler<FastifyError | StackOneError | ZodError>((error, _request, reply) => {
    const { statusCode, message, providerResponse } = asStackOneError(error);
    const provider = providerResponse === undefined ? {} : { provider_response: providerResponse };
    return reply
      .status(statusCode)
      .send({ statusCode, message, timestamp: now().toISOString(), ...provider });
  });
  app.setNotFoundHandler((request) => {
    throw new StackOneError(
      404,
      `Cannot ${request.method} ${new URL(request.url, 'http://emulator').pathname}`,
    );
  });
}
