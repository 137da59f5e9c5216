import {
  type ReactElement,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import { type ConnectFlow, createConnectFlow } from '../core/connect-flow.js';
import type { ConnectRequest, ConnectState, HubSession } from '../core/connect-state.js';
import type { LinkedAccount } from '../core/failure.js';
import { type HubProps, useConnectSettings } from './connect-provider.js';
import { mountReactHub, type ReactHub, type ReactHubSettings } from './react-hub.js';

export interface UseConnectOptions {
  /**
   * Called for each linked account, after the server has confirmed it. Also called for an account that is found after
   * the Hub was closed. The function of the latest render is called.
   */
  readonly onLinked?: ((account: LinkedAccount) => void) | undefined;
  /** Additional props of the Hub. */
  readonly hubProps?: Pick<HubProps, 'height' | 'onCloseLabel'> | undefined;
  /** Shown in the sign-in window until the provider's page is known. Default: an English text. */
  readonly waitingText?: string | undefined;
}

/** One connection. Its functions are stable between renders. */
export interface Connect {
  readonly state: ConnectState;
  /** Starts the connection. Call it on a click. */
  readonly start: (request?: ConnectRequest) => void;
  /** Tries again after a failure. */
  readonly retry: () => void;
  /** Closes the connection. The Hub has no close button before a success, so the page must provide one. */
  readonly close: () => void;
  /** The Hub element to render, or null when no Hub is open. */
  readonly hub: ReactElement | null;
}

/** One connection for a custom design, without a dialog. Requires a `ConnectProvider`. */
export function useConnect(options: UseConnectOptions = {}): Connect {
  const settings = useConnectSettings();
  const { client, prepare } = settings;
  const latest = useRef({ ...options, prepare });
  useEffect(() => {
    latest.current = { ...options, prepare };
  });
  const flow = useMemo(
    () =>
      createConnectFlow(client, {
        prepare: async () => latest.current.prepare?.(),
        onLinked: (account) => latest.current.onLinked?.(account),
      }),
    [client],
  );
  useEffect(() => flow.dispose, [flow]);
  const state = useSyncExternalStore(flow.subscribe, flow.getState, flow.getState);
  const { session } = state;
  const start = useCallback((request?: ConnectRequest) => void flow.start(request), [flow]);
  const retry = useCallback(() => void flow.retry(), [flow]);
  return {
    state,
    start,
    retry,
    close: flow.close,
    hub: session && <Hub flow={flow} session={session} settings={{ ...settings, ...options }} />,
  };
}

export interface FlowHubProps {
  readonly flow: ConnectFlow;
  readonly session: HubSession;
  readonly settings: ReactHubSettings;
}

/** The Hub of a flow, connected to it and hidden from the surrounding page. */
export function Hub({ flow, session, settings }: FlowHubProps): ReactElement {
  const slot = useRef<HTMLDivElement>(null);
  const hub = useRef<ReactHub | null>(null);
  const latest = useRef(settings);
  latest.current = settings;
  // A new Hub for each session: a mounted Hub ignores a changed token.
  useLayoutEffect(() => {
    if (slot.current === null) {
      return;
    }
    const mounted = mountReactHub(slot.current, flow, session, latest.current);
    hub.current = mounted;
    return mounted.unmount;
  }, [flow, session]);
  useLayoutEffect(() => hub.current?.update(settings));
  return <div ref={slot} className="stackone-connect-hub" style={{ display: 'contents' }} />;
}
