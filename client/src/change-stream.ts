import { print } from 'graphql';
import { createClient, NetworkError } from 'graphql-sse';
import { LinkedAccountChangesDocument, type LinkedAccountChangesSubscription } from './generated/operations.js';

export type LinkedAccountChange = LinkedAccountChangesSubscription['linkedAccountChanged'];

export interface ChangeStreamListener {
  /** The server has accepted the stream: changes from now on arrive. */
  readonly onOpen: () => void;
  readonly onChange: (change: LinkedAccountChange) => void;
  /** Called once. `unauthenticated`: open the next stream with renewed headers. */
  readonly onEnd: (reason: 'completed' | 'unauthenticated' | 'failed') => void;
}

export interface ChangeStreamOptions {
  readonly url: string;
  readonly headers: () => Record<string, string> | Promise<Record<string, string>>;
  readonly credentials: 'omit' | 'same-origin' | 'include';
}

/** Opens one stream with `fetch`, so that a header can carry the access token. @returns closes it */
export function openChangeStream(options: ChangeStreamOptions, listener: ChangeStreamListener): () => void {
  const client = createClient({ ...options, retryAttempts: 0 });
  let isOver = false;
  const end = (reason: Parameters<ChangeStreamListener['onEnd']>[0]) => {
    if (!isOver) {
      isOver = true;
      client.dispose();
      listener.onEnd(reason);
    }
  };
  client.subscribe<LinkedAccountChangesSubscription>(
    { query: print(LinkedAccountChangesDocument) },
    {
      next: ({ data }) => {
        if (data) {
          listener.onChange(data.linkedAccountChanged);
        }
      },
      error: (error) => end(isUnauthenticated(error) ? 'unauthenticated' : 'failed'),
      complete: () => end('completed'),
    },
    { connected: () => listener.onOpen() },
  );
  return () => {
    isOver = true;
    client.dispose();
  };
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof NetworkError && error.response?.status === 401;
}
