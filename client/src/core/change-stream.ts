import { print } from 'graphql';
import { createClient, NetworkError } from 'graphql-sse';
import { LinkedAccountChangesDocument, type LinkedAccountChangesSubscription } from '../generated/operations.js';

export type LinkedAccountChange = LinkedAccountChangesSubscription['linkedAccountChanged'];

export interface ChangeStreamListener {
  /** The first bytes have arrived: changes from now on arrive. */
  readonly onOpen: () => void;
  readonly onChange: (change: LinkedAccountChange) => void;
  /** Called once. `unauthenticated`: open the next stream with renewed headers. */
  readonly onEnd: (reason: 'completed' | 'unauthenticated' | 'failed') => void;
}

interface ChangeStreamOptions {
  readonly url: string;
  readonly headers: () => Record<string, string> | Promise<Record<string, string>>;
  readonly credentials: 'omit' | 'same-origin' | 'include';
  readonly send: typeof fetch;
}

/**
 * The server sends a comment every 15 seconds. After a change of the network or while the computer was asleep, a connection
 * can be lost without an error. A proxy that buffers passes nothing on.
 */
const maxSilenceMs = 45_000;

/** Opens one stream with `fetch`, so that a header can carry the access token. @returns closes it */
export function openChangeStream(
  { send, ...options }: ChangeStreamOptions,
  listener: ChangeStreamListener,
): () => void {
  let isOpen = false;
  let isOver = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const expectBytes = () => {
    clearTimeout(silence);
    silence = setTimeout(() => end('failed'), maxSilenceMs);
  };
  const onBytes = () => {
    if (isOver) {
      return;
    }
    expectBytes();
    if (!isOpen) {
      isOpen = true;
      listener.onOpen();
    }
  };
  const client = createClient({
    ...options,
    retryAttempts: 0,
    fetchFn: (...[input, init]: Parameters<typeof fetch>) => fetchEvents(send, onBytes, input, init),
  });
  const close = () => {
    isOver = true;
    clearTimeout(silence);
    client.dispose();
  };
  const end = (reason: Parameters<ChangeStreamListener['onEnd']>[0]) => {
    if (!isOver) {
      close();
      listener.onEnd(reason);
    }
  };
  expectBytes();
  client.subscribe<LinkedAccountChangesSubscription>(
    { query: print(LinkedAccountChangesDocument), operationName: 'linkedAccountChanges' },
    {
      next: ({ data }) => {
        if (data && !isOver) {
          listener.onChange(data.linkedAccountChanged);
        }
      },
      error: (error) => end(isUnauthenticated(error) ? 'unauthenticated' : 'failed'),
      complete: () => end('completed'),
    },
  );
  return close;
}

/** A page that a proxy or a static host sends instead, with status 200, is no stream. */
async function fetchEvents(
  send: typeof fetch,
  onBytes: () => void,
  ...[input, init]: Parameters<typeof fetch>
): Promise<Response> {
  const response = await send(input, init);
  if (!response.ok) {
    return response;
  }
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    throw new TypeError('Not an event stream');
  }
  const observe = new TransformStream<Uint8Array, Uint8Array>({
    transform: (bytes, controller) => {
      onBytes();
      controller.enqueue(bytes);
    },
  });
  return new Response(response.body?.pipeThrough(observe) ?? null, response);
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof NetworkError && error.response?.status === 401;
}
