import { createClient } from 'graphql-sse';
import type { JWTPayload } from 'jose';
import { signIn, type TestApp } from './test-app.js';
import { waitUntil } from './wait.js';

export interface StreamedChange {
  readonly kind: string;
  readonly accountId: string;
  readonly account: { readonly id: string; readonly label: string | null; readonly status: string } | null;
}

export interface AccountStream {
  readonly changes: readonly StreamedChange[];
  /** Resolves when the server completes the stream; rejects when it refuses it. */
  readonly ended: Promise<void>;
  /** Waits until that many changes have arrived, and returns their kinds. */
  kinds(count: number): Promise<string[]>;
  close(): void;
}

export const changesQuery = 'subscription { linkedAccountChanged { kind accountId account { id label status } } }';

/** Opens a stream with the client of graphql-sse, without reconnection. Resolves when the server has accepted it. */
export async function openStream(app: Pick<TestApp, 'url'>, claims: JWTPayload): Promise<AccountStream> {
  const changes: StreamedChange[] = [];
  const client = createClient({
    url: `${app.url}/graphql/stream`,
    headers: await signIn(claims),
    retryAttempts: 0,
  });
  let connected: () => void = () => {};
  const isOpen = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const ended = new Promise<void>((resolve, reject) => {
    client.subscribe<{ linkedAccountChanged: StreamedChange }>(
      { query: changesQuery },
      {
        next: ({ data }) => void (data && changes.push(data.linkedAccountChanged)),
        error: reject,
        complete: resolve,
      },
      { connected },
    );
  });
  ended.catch(() => undefined);
  await Promise.race([isOpen, ended]);
  return {
    changes,
    ended,
    kinds: async (count) => {
      await waitUntil(
        () => changes.length >= count,
        () => `${count} changes; arrived: ${changes.length}`,
      );
      return changes.map(({ kind }) => kind);
    },
    close: () => client.dispose(),
  };
}
