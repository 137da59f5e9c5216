import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Observability } from '../observability/observability.js';
import {
  ClientDisconnectedError,
  createRequestContext,
  type RequestContext,
} from '../observability/request-context.js';
import { clientClosedRequest } from '../observability/request-telemetry.js';

/**
 * The context of a Node request. When its response closes before it is complete, work for the request is cancelled.
 * @param observability where the log line and the metrics of the request go when the response closes. Absent: nowhere
 */
export function contextOfNodeRequest(
  request: Pick<IncomingMessage, 'headers'>,
  response: ServerResponse,
  observability: Observability | undefined,
): RequestContext {
  const cancellation = new AbortController();
  const context = createRequestContext((name) => request.headers[name], cancellation.signal);
  const onClose = () => {
    if (!response.writableFinished) {
      cancellation.abort(new ClientDisconnectedError());
    }
    if (observability !== undefined) {
      const status = response.writableFinished ? response.statusCode : clientClosedRequest;
      context.telemetry.finish(status, observability);
    }
  };
  // In a host app the client can have disconnected before the request reaches this code.
  if (response.closed) {
    onClose();
  } else {
    response.once('close', onClose);
  }
  return context;
}
