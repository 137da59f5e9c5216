import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { maxWebhookBytes, type WebhookReceiver } from '../events/webhooks/receiver.js';
import type { GraphQLContext } from '../graphql/context.js';
import type { Streams } from '../graphql/streams.js';
import { bodyTooLarge, errorBody, jsonRequired, maxOperationBytes } from './errors.js';
import { eventStreamHeaders } from './routes/stream.js';
import { webhookHeaders } from './routes/webhooks.js';

/** A Node request, or the request of a framework that has its headers and its parsed body, as that of Fastify. */
type StreamRequest = Pick<IncomingMessage, 'headers'>;

/** `POST /graphql/stream` for a Node request, with the body that a body parser has left in `body`, or unread. */
export async function streamToNode(
  streams: Streams,
  request: StreamRequest,
  response: ServerResponse,
  createContext: () => Promise<GraphQLContext>,
): Promise<void> {
  if (!isJson(request.headers['content-type'])) {
    response.writeHead(415, jsonHeaders).end(notJson);
    return;
  }
  const parsed: unknown = Reflect.get(request, 'body');
  const bytes = parsed === undefined ? await readNodeBody(request, maxOperationBytes) : undefined;
  if (parsed === undefined && bytes === undefined) {
    response.writeHead(413, jsonHeaders).end(tooLarge);
    return;
  }
  const result = await streams.start(bytes === undefined ? parsed : toJson(bytes), createContext);
  if (result.kind === 'json') {
    response.writeHead(result.status, Object.fromEntries(result.headers)).end(result.body);
    return;
  }
  if (response.destroyed) {
    // The client left while its owner was looked up. With such a response, `pipeline` throws on Node.js 24.
    return;
  }
  response.writeHead(200, eventStreamHeaders);
  // Unlike `pipe`, it also closes the connection of a client that has lost its stream, and the stream of one that left.
  pipeline(result.events, response, () => {});
}

/** The same for a request of the Fetch API. */
export async function streamToFetch(
  streams: Streams,
  request: Request,
  createContext: () => Promise<GraphQLContext>,
): Promise<Response> {
  if (!isJson(request.headers.get('content-type') ?? undefined)) {
    return new Response(notJson, { status: 415, headers: jsonHeaders });
  }
  const bytes = await readBody(request.body ?? [], maxOperationBytes);
  if (bytes === undefined) {
    return new Response(tooLarge, { status: 413, headers: jsonHeaders });
  }
  const result = await streams.start(toJson(bytes), createContext);
  return result.kind === 'json'
    ? new Response(result.body, { status: result.status, headers: Object.fromEntries(result.headers) })
    : new Response(toWebStream(result.events), { headers: eventStreamHeaders });
}

function toWebStream(events: Readable): ReadableStream<Uint8Array> {
  const chunks = events[Symbol.asyncIterator]();
  return new ReadableStream({
    pull: async (controller) => {
      // It rejects when the client has left.
      const { done, value } = await chunks.next().catch(() => ({ done: true, value: undefined }));
      if (done === true) {
        controller.close();
      } else {
        controller.enqueue(Buffer.from(value));
      }
    },
    cancel: () => void events.destroy(),
  });
}

/**
 * `POST /webhooks/stackone` for a Node request.
 * @throws TypeError when a body parser has read the body: the signature is over its bytes
 */
export async function webhookFromNode(
  receiver: WebhookReceiver | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (receiver === undefined || request.method !== 'POST') {
    response.writeHead(receiver === undefined ? 404 : 405).end();
    return;
  }
  const parsed: unknown = Reflect.get(request, 'body');
  if (request.readableEnded && !Buffer.isBuffer(parsed)) {
    throw new TypeError('The webhook needs the raw body: mount its route before any body parser.');
  }
  const body = Buffer.isBuffer(parsed) ? parsed : await readNodeBody(request, maxWebhookBytes);
  if (body === undefined) {
    response.writeHead(413).end();
    return;
  }
  const status = await receiver.receive({ signature: request.headers['x-stackone-signature'], body });
  response.writeHead(status, webhookHeaders(status)).end();
}

/** The same for a request of the Fetch API. */
export async function webhookFromFetch(receiver: WebhookReceiver | undefined, request: Request): Promise<Response> {
  if (receiver === undefined || request.method !== 'POST') {
    return new Response(null, { status: receiver === undefined ? 404 : 405 });
  }
  const body = await readBody(request.body ?? [], maxWebhookBytes);
  if (body === undefined) {
    return new Response(null, { status: 413 });
  }
  const status = await receiver.receive({ signature: request.headers.get('x-stackone-signature'), body });
  return new Response(null, { status, headers: webhookHeaders(status) });
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' };
const notJson = JSON.stringify(errorBody('BAD_USER_INPUT', jsonRequired));
const tooLarge = JSON.stringify(errorBody('BAD_USER_INPUT', bodyTooLarge(maxOperationBytes)));

/** A page of another site can send a form or text with the cookies of the user, but no JSON. */
function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType);
}

/**
 * The rest of a body that is too large is discarded. Otherwise Node would close the connection while it arrives. A proxy
 * that still sends it would see a reset instead of the response, and could take the host for unavailable.
 */
async function readNodeBody(request: object, maxBytes: number): Promise<Buffer | undefined> {
  if (!(request instanceof Readable)) {
    return Buffer.alloc(0);
  }
  const body = await readBody(request.iterator({ destroyOnReturn: false }), maxBytes);
  request.resume();
  return body;
}

/** @returns undefined when the body is larger, or when the client left before its end and reads no response */
async function readBody(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > maxBytes) {
        return undefined;
      }
      chunks.push(bytes);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

/** Undefined, which Apollo Server refuses, for a body that is no JSON. */
function toJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
