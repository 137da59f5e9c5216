import type { FastifyInstance } from 'fastify';
import { maxWebhookBytes, type WebhookReceiver } from '../../events/webhooks/receiver.js';
import { handleWrongMethod } from '../errors.js';

/** `POST /webhooks/stackone`, with the body as it arrived. 404 while no secret is set. */
export async function addWebhookRoute(server: FastifyInstance, receiver: WebhookReceiver | undefined): Promise<void> {
  if (receiver === undefined) {
    return;
  }
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const options = { parseAs: 'buffer', bodyLimit: maxWebhookBytes } as const;
    scope.addContentTypeParser<Buffer>('*', options, (_request, body, done) => done(null, body));
    scope.post('/webhooks/stackone', { bodyLimit: maxWebhookBytes }, async (request, reply) => {
      const { body, headers } = request;
      const status = await receiver.receive({
        signature: headers['x-stackone-signature'],
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      });
      return reply.code(status).headers(webhookHeaders(status)).send();
    });
    scope.route({ method: ['GET', 'PUT', 'PATCH', 'DELETE'], url: '/webhooks/stackone', handler: handleWrongMethod });
  });
}

/** StackOne sends a webhook again that this server could not accept. */
export function webhookHeaders(status: number): Record<string, string> {
  return status === 429 || status === 503 ? { 'retry-after': '5' } : {};
}
