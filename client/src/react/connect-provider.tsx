import { createContext, type ReactElement, type ReactNode, useContext, useMemo } from 'react';
import type { ConnectClient } from '../connect-client.js';

/** What a Hub is given: props of `StackOneHub` from `@stackone/hub`. */
export interface HubProps {
  readonly mode: 'integration-picker';
  readonly token: string;
  readonly baseUrl: string;
  readonly theme: 'light' | 'dark';
  /** A CSS length. */
  readonly height?: string;
  /** On the button that the Hub shows after a success. */
  readonly onCloseLabel?: string;
  readonly onSuccess: (account: { readonly id: string }) => void;
  readonly onClose: () => void;
}

/** `StackOneHub` itself, `React.lazy` of it, or a function that gives it more props. */
export type HubComponent = (props: HubProps) => ReactNode;

interface ConnectSettings {
  readonly client: ConnectClient;
  readonly hub: HubComponent;
  /** Where StackOne is, as the browser sees it: `https://api.stackone.com`, or the emulator. No slash at its end. */
  readonly hubBaseUrl: string;
  /** Of the Hub and of the dialog around it. Default: `light`. */
  readonly theme?: 'light' | 'dark' | undefined;
  /** Loads a lazy `hub` beside the token, on the click. A failure is told as `hub-not-loaded`. */
  readonly prepare?: (() => Promise<unknown>) | undefined;
}

export interface ConnectProviderProps extends ConnectSettings {
  readonly children?: ReactNode;
}

const ConnectContext = createContext<ConnectSettings | null>(null);

/** What every connection of the tree has in common. Make `client` once, outside of components. */
export function ConnectProvider({ children, ...settings }: ConnectProviderProps): ReactElement {
  const { client, hub, hubBaseUrl, theme, prepare } = settings;
  const value = useMemo(
    () => ({ client, hub, hubBaseUrl, theme, prepare }),
    [client, hub, hubBaseUrl, theme, prepare],
  );
  return <ConnectContext.Provider value={value}>{children}</ConnectContext.Provider>;
}

export function useConnectSettings(): ConnectSettings {
  const settings = useContext(ConnectContext);
  if (settings === null) throw new Error('Put a <ConnectProvider> around this');
  return settings;
}
