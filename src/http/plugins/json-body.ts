import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';

const otherCharset = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(;|$))/i;
const byteOrderMark = '\ufeff';

/**
 * Accepts bodies of JSON in UTF-8 only (RFC 8259, 8.1). Fastify would read any charset as UTF-8, replace invalid bytes
 * by U+FFFD and drop a byte order mark.
 */
export function addJsonBody(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  // Fastify accepts text too.
  server.removeContentTypeParser('text/plain');
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (otherCharset.test(request.headers['content-type'] ?? '')) {
      return done(refusal(415));
    }
    if (!isUtf8(body)) {
      return done(refusal(400));
    }
    const text = body.toString();
    return text.startsWith(byteOrderMark) ? done(refusal(400)) : parse(request, text, done);
  });
}

/** The error handler has the message for each status. */
function refusal(statusCode: number): Error {
  return Object.assign(new Error('The body is not JSON in UTF-8.'), { statusCode });
}
