import { print } from 'graphql';
import { createClient, NetworkError } from 'graphql-sse';
import { LinkedAccountChangesDocument, type LinkedAccountChangesSubscription } from '../generated/operations.js';

export type LinkedAccountChange = LinkedAccountChangesSubscription['linkedAccountChanged'];

export interface ChangeStreamListener {
  /** The server has accepted the stream: changes from now on arrive. */
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

/** Opens one stream with `fetch`, so that a header can carry the access token. @returns closes it */
export function openChangeStream(
  { send, ...options }: ChangeStreamOptions,
  listener: ChangeStreamListener,
): () => void {
  const client = createClient({
    ...options,
    retryAttempts: 0,
    fetchFn: (...[input, init]: Parameters<typeof fetch>) => fetchEvents(send, input, init),
  });
  let isOver = false;
  const end = (reason: Parameters<ChangeStreamListener['onEnd']>[0]) => {
    if (!isOver) {
      isOver = true;
      client.dispose();
      listener.onEnd(reason);
    }
  };
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
    { connected: () => !isOver && listener.onOpen() },
  );
  return () => {
    isOver = true;
    client.dispose();
  };
}

/** A page that a proxy or a static host sends instead, with status 200, is no stream. */
async function fetchEvents(send: typeof fetch, ...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  const response = await send(input, init);
  if (response.ok && !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    throw new TypeError('Not an event stream');
  }
  return response;
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof NetworkError && error.response?.status === 401;
}
