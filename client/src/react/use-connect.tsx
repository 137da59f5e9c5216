import {
  type ReactElement,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import {
  type ConnectFlow,
  type ConnectRequest,
  type ConnectState,
  createConnectFlow,
} from '../connect-flow.js';
import type { LinkedAccount } from '../failure.js';
import { type HubProps, useConnectSettings } from './connect-provider.js';

export interface UseConnectOptions {
  /**
   * An account works, by the server's word; also one that was found after the Hub was closed. The function of
   * the latest rendering is called.
   */
  readonly onLinked?: ((account: LinkedAccount) => void) | undefined;
  readonly hubProps?: Pick<HubProps, 'height' | 'onCloseLabel'> | undefined;
}

/** One connection. Its functions stay the same from one rendering to the next. */
export interface Connect {
  readonly state: ConnectState;
  /** For a click. */
  readonly start: (request?: ConnectRequest) => void;
  /** After a failure. */
  readonly retry: () => void;
  /** Whenever the person leaves. The Hub has no button for it before it has succeeded: give one. */
  readonly close: () => void;
  /** The Hub, for wherever it is to stand, and null while there is none. */
  readonly hub: ReactElement | null;
}

/** A connection for a design of one's own. `ConnectButton` is made of it. */
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
    // Another token always means another Hub: one that is mounted ignores it.
    hub: session && <Hub key={session.token} token={session.token} flow={flow} {...options.hubProps} />,
  };
}

interface HubOfFlowProps extends Pick<HubProps, 'token' | 'height' | 'onCloseLabel'> {
  readonly flow: ConnectFlow;
}

/** What the flow has to hear of the Hub, and the rest of the page must not. */
function Hub({ flow, ...props }: HubOfFlowProps): ReactElement {
  const { hub: HubComponent, hubBaseUrl, theme = 'light' } = useConnectSettings();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // It would bubble into a surrounding <dialog>, which would take it for its own.
    const stop = (event: Event) => event.stopPropagation();
    const element = frame.current;
    element?.addEventListener('close', stop);
    return () => element?.removeEventListener('close', stop);
  }, []);
  const onSuccess = useCallback(({ id }: { readonly id: string }) => flow.hub.success(id), [flow]);
  return (
    // Capturing, so that the Hub cannot keep it to itself. It covers the mouse, the keyboard and a paste.
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
