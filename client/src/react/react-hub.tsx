import { Component, type ReactElement, type ReactNode, Suspense, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import type { ConnectFlow } from '../core/connect-flow.js';
import type { HubSession } from '../core/connect-state.js';
import { keepOverlaysWith } from '../hub/hub-overlays.js';
import { hubTheme, onColorSchemeChange } from '../hub/hub-theme.js';
import { keepEventsInside } from '../hub/own-events.js';
import { prepareSignInWindow } from '../hub/sign-in-window.js';
import type { ConnectSettings, HubProps } from './connect-provider.js';

export interface ReactHubSettings extends Pick<ConnectSettings, 'hub' | 'hubBaseUrl' | 'theme'> {
  readonly hubProps?: Pick<HubProps, 'height' | 'onCloseLabel'> | undefined;
  readonly waitingText?: string | undefined;
}

export interface ReactHub {
  readonly update: (settings: ReactHubSettings) => void;
  readonly unmount: () => void;
}

/**
 * Renders a Hub component in `slot`, in a React root of its own, and connects it to the flow. Events of the Hub, such as
 * what the user types, do not reach React ancestors or other listeners of the page: a portal would pass all React events
 * to them. Contexts of the page do not reach the Hub either.
 */
export function mountReactHub(
  slot: HTMLElement,
  flow: ConnectFlow,
  session: HubSession,
  settings: ReactHubSettings,
): ReactHub {
  const { token } = session;
  const container = document.createElement('div');
  container.style.display = 'contents';
  keepEventsInside(container);
  slot.append(container);
  // In the capture phase, because the events do not leave the root. Together they cover mouse, keyboard and paste.
  slot.addEventListener('click', flow.hub.touched, true);
  slot.addEventListener('input', flow.hub.touched, true);
  const { hubBaseUrl, waitingText } = settings;
  const releases = [
    keepOverlaysWith(slot),
    prepareSignInWindow({ baseUrl: hubBaseUrl, token, waitingText, onBlocked: flow.hub.signInBlocked }),
    () => slot.removeEventListener('click', flow.hub.touched, true),
    () => slot.removeEventListener('input', flow.hub.touched, true),
  ];
  const root = createRoot(container);
  const onSuccess = ({ id }: { readonly id: string }) => flow.hub.success(id);
  const update = ({ hub, hubBaseUrl, theme = 'auto', hubProps }: ReactHubSettings) =>
    root.render(
      <HubBoundary onError={flow.hub.failed}>
        <Suspense>
          <ThemedHub
            hub={hub}
            getTheme={() => hubTheme(theme, slot)}
            mode="integration-picker"
            token={token}
            baseUrl={hubBaseUrl}
            onSuccess={onSuccess}
            onClose={flow.hub.close}
            {...hubProps}
          />
        </Suspense>
      </HubBoundary>,
    );
  update(settings);
  return {
    update,
    unmount: () => {
      for (const release of releases) {
        release();
      }
      container.remove();
      // React cannot unmount a root while it commits another one.
      queueMicrotask(() => root.unmount());
    },
  };
}

interface ThemedHubProps extends Omit<HubProps, 'theme'> {
  readonly hub: ConnectSettings['hub'];
  readonly getTheme: () => HubProps['theme'];
}

function ThemedHub({ hub: HubComponent, getTheme, ...props }: ThemedHubProps): ReactElement {
  const theme = useSyncExternalStore(onColorSchemeChange, getTheme);
  return <HubComponent {...props} theme={theme} />;
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
