import { useMemo, useSyncExternalStore } from 'react';
import { type LinkedAccountsState, watchLinkedAccounts } from '../watch-linked-accounts.js';
import { useConnectSettings } from './connect-provider.js';

export interface LinkedAccounts extends LinkedAccountsState {
  /** Reads the accounts again. */
  readonly refresh: () => void;
}

const initial: LinkedAccountsState = { accounts: null, failure: null, isLive: false };

/** The customer's linked accounts, always up to date. Requires a `ConnectProvider`. */
export function useLinkedAccounts(): LinkedAccounts {
  const { client } = useConnectSettings();
  const watch = useMemo(() => createLazyWatch(() => watchLinkedAccounts(client)), [client]);
  const state = useSyncExternalStore(watch.subscribe, watch.getState, () => initial);
  return { ...state, refresh: watch.refresh };
}

/** A watch that runs while something is subscribed: React can render without mounting, and mounts twice in strict mode. */
function createLazyWatch(start: () => ReturnType<typeof watchLinkedAccounts>) {
  let watch: ReturnType<typeof watchLinkedAccounts> | undefined;
  let last = initial;
  return {
    getState: () => watch?.getState() ?? last,
    refresh: () => watch?.refresh(),
    subscribe: (listener: () => void) => {
      watch = start();
      const unsubscribe = watch.subscribe(listener);
      return () => {
        unsubscribe();
        last = watch?.getState() ?? last;
        watch?.stop();
        watch = undefined;
      };
    },
  };
}
