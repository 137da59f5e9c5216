import { useSyncExternalStore } from 'react';
import type { ConnectClient } from '../core/connect-client.js';
import {
  type LinkedAccountsState,
  type LinkedAccountsWatch,
  watchLinkedAccounts,
} from '../core/watch-linked-accounts.js';
import { useConnectSettings } from './connect-provider.js';

export interface LinkedAccounts extends LinkedAccountsState {
  /** Reads the accounts again. */
  readonly refresh: () => void;
}

const initial: LinkedAccountsState = { accounts: null, failure: null, isLive: false };

/** One watch, and so one stream, for all components with the same client. */
const watches = new WeakMap<ConnectClient, SharedWatch>();

/** The customer's linked accounts, always up to date. Requires a `ConnectProvider`. */
export function useLinkedAccounts(): LinkedAccounts {
  const { client } = useConnectSettings();
  const watch = sharedWatch(client);
  const state = useSyncExternalStore(watch.subscribe, watch.getState, () => initial);
  return { ...state, refresh: watch.refresh };
}

type SharedWatch = ReturnType<typeof createSharedWatch>;

function sharedWatch(client: ConnectClient): SharedWatch {
  const watch = watches.get(client) ?? createSharedWatch(client);
  watches.set(client, watch);
  return watch;
}

/** A watch that runs while something is subscribed: React can render without mounting, and mounts twice in strict mode. */
function createSharedWatch(client: ConnectClient) {
  let watch: LinkedAccountsWatch | undefined;
  let subscribers = 0;
  return {
    getState: () => watch?.getState() ?? initial,
    refresh: () => watch?.refresh(),
    subscribe: (listener: () => void) => {
      watch ??= watchLinkedAccounts(client);
      subscribers += 1;
      const unsubscribe = watch.subscribe(listener);
      return () => {
        unsubscribe();
        subscribers -= 1;
        if (subscribers === 0) {
          watch?.stop();
          watch = undefined;
        }
      };
    },
  };
}
