import { type ReactElement, Suspense, useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { type ConnectFlow, type ConnectRequest, type ConnectState, createConnectFlow } from '../connect-flow.js';
import type { LinkedAccount } from '../failure.js';
import { type HubProps, useConnectSettings } from './connect-provider.js';

export interface UseConnectOptions {
  /**
   * Called for each linked account, after the server has confirmed it. Also called for an account that is found after
   * the Hub was closed. The function of the latest render is called.
   */
  readonly onLinked?: ((account: LinkedAccount) => void) | undefined;
  /** Additional props of the Hub. */
  readonly hubProps?: Pick<HubProps, 'height' | 'onCloseLabel'> | undefined;
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

/** One connection for a custom design. `ConnectButton` uses this hook. Requires a `ConnectProvider`. */
export function useConnect(options: UseConnectOptions = {}): Connect {
  const { client, prepare } = useConnectSettings();
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
    // A new Hub for each token: a mounted Hub ignores a changed token.
    hub: session && <Hub key={session.token} token={session.token} flow={flow} {...options.hubProps} />,
  };
}

interface FlowHubProps extends Pick<HubProps, 'token' | 'height' | 'onCloseLabel'> {
  readonly flow: ConnectFlow;
}

/** The Hub, with its events connected to the flow and hidden from the surrounding page. */
function Hub({ flow, ...props }: FlowHubProps): ReactElement {
  const { hub: HubComponent, hubBaseUrl, theme = 'light' } = useConnectSettings();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The event bubbles. A surrounding <dialog> would handle it as its own `close` event.
    const stop = (event: Event) => event.stopPropagation();
    const element = frame.current;
    element?.addEventListener('close', stop);
    return () => element?.removeEventListener('close', stop);
  }, []);
  const onSuccess = useCallback(({ id }: { readonly id: string }) => flow.hub.success(id), [flow]);
  return (
    // Capture handlers also receive events that the Hub stops. Together they cover mouse, keyboard and paste.
    <div
      ref={frame}
      className="stackone-connect-hub"
      style={{ display: 'contents' }}
      onClickCapture={flow.hub.touched}
      onInputCapture={flow.hub.touched}
    >
      <Suspense>
        <HubComponent
          mode="integration-picker"
          baseUrl={hubBaseUrl}
          theme={theme}
          onSuccess={onSuccess}
          onClose={flow.hub.close}
          {...props}
        />
      </Suspense>
    </div>
  );
}
