import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import { RequestCancellation } from '../observability/cancellation.js';
import { createRequestContext, type RequestContext } from '../observability/request-context.js';
import { clientClosedRequest } from '../observability/request-telemetry.js';

export type NodeResponse = ServerResponse | Http2ServerResponse;

/**
 * The context of a Node request. When its response closes before it is complete, work for the request is cancelled.
 * @param onClose called once, when the response closes. One listener for all purposes: with two of them Node keeps
 *   finished requests in memory until the next full garbage collection (docs/performance.md)
 * @param isOperation whether `onClose` finishes the telemetry
 */
export function contextOfNodeRequest(
  request: Pick<IncomingMessage, 'headers'>,
  response: NodeResponse,
  onClose: (context: RequestContext, status: number) => void,
  isOperation: boolean,
): RequestContext {
  const cancellation = new RequestCancellation();
  const context = createRequestContext((name) => request.headers[name], cancellation, isOperation);
  const close = () => {
    // With HTTP/2, a response that was cancelled is finished, although nothing has ended it.
    const isComplete = response.writableEnded && response.writableFinished;
    if (!isComplete) {
      cancellation.abort();
    }
    onClose(context, isComplete ? response.statusCode : clientClosedRequest);
  };
  // In a host app the client can have disconnected before the request reaches this code.
  if (response.closed) {
    close();
  } else if (response.socket === null && response.req?.socket) {
    onFirstClose(response, response.req.socket, close);
  } else {
    response.once('close', close);
  }
  return context;
}

/**
 * For a pipelined request, whose response waits for those before it. When the connection closes meanwhile, Node does not
 * close that response.
 */
function onFirstClose(response: NodeResponse, connection: Socket, close: () => void): void {
  const listener = () => {
    response.off('close', listener);
    connection.off('close', listener);
    close();
  };
  if (connection.destroyed) {
    close();
  } else {
    // A client can send any number of requests at once.
    connection.setMaxListeners(0).on('close', listener);
    response.on('close', listener);
  }
}
