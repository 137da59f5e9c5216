import {
  Component,
  type ReactElement,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import { type ConnectFlow, createConnectFlow } from '../core/connect-flow.js';
import type { ConnectRequest, ConnectState } from '../core/connect-state.js';
import type { LinkedAccount } from '../core/failure.js';
import { keepOverlaysWith } from '../hub/hub-overlays.js';
import { prepareSignInWindow } from '../hub/sign-in-window.js';
import { type ConnectSettings, type HubProps, useConnectSettings } from './connect-provider.js';
import { useOwnRoot } from './own-root.js';
import { themeProbe, useHubTheme } from './use-theme.js';

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

/** One connection for a custom design. `ConnectButton` uses this hook. Requires a `ConnectProvider`. */
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
    // A new Hub for each token: a mounted Hub ignores a changed token.
    hub: session && (
      <Hub
        key={session.token}
        token={session.token}
        flow={flow}
        settings={settings}
        waitingText={options.waitingText}
        {...options.hubProps}
      />
    ),
  };
}

interface FlowHubProps extends Pick<HubProps, 'token' | 'height' | 'onCloseLabel'> {
  readonly flow: ConnectFlow;
  readonly settings: ConnectSettings;
  readonly waitingText: string | undefined;
}

/** The Hub in a React root of its own, with its events connected to the flow and hidden from the surrounding page. */
function Hub({ flow, settings, waitingText, ...props }: FlowHubProps): ReactElement {
  const { hub: HubComponent, hubBaseUrl, theme = 'auto' } = settings;
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // In the capture phase, because the events do not leave the root. Together they cover mouse, keyboard and paste.
    const element = frame.current;
    element?.addEventListener('click', flow.hub.touched, true);
    element?.addEventListener('input', flow.hub.touched, true);
    const release = element === null ? undefined : keepOverlaysWith(element);
    return () => {
      release?.();
      element?.removeEventListener('click', flow.hub.touched, true);
      element?.removeEventListener('input', flow.hub.touched, true);
    };
  }, [flow]);
  const { token } = props;
  useLayoutEffect(
    () => prepareSignInWindow({ baseUrl: hubBaseUrl, token, waitingText, onBlocked: flow.hub.signInBlocked }),
    [hubBaseUrl, token, waitingText, flow],
  );
  const onSuccess = useCallback(({ id }: { readonly id: string }) => flow.hub.success(id), [flow]);
  const hubProps = {
    mode: 'integration-picker',
    baseUrl: hubBaseUrl,
    theme: useHubTheme(theme, frame),
    onSuccess,
    onClose: flow.hub.close,
    ...props,
  } as const;
  useOwnRoot(
    () => frame.current,
    <HubBoundary onError={flow.hub.failed}>
      <Suspense>
        <HubComponent {...hubProps} />
      </Suspense>
    </HubBoundary>,
  );
  return <div ref={frame} className="stackone-connect-hub" style={{ display: 'contents', ...themeProbe }} />;
}

interface HubBoundaryProps {
  readonly onError: () => void;
  readonly children: ReactNode;
}

/** An error of the Hub, such as a lazy Hub that cannot be loaded, is a failure of the connection and not of the page. */
class HubBoundary extends Component<HubBoundaryProps, { readonly hasFailed: boolean }> {
  override readonly state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(): void {
    this.props.onError();
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}
