import { createContext, type ReactElement, type ReactNode, useContext, useMemo } from 'react';
import type { ConnectClient } from '../core/connect-client.js';
import type { Theme } from '../hub/hub-theme.js';
import type { LabelChanges } from '../labels/labels.js';

/** The props that a Hub component gets, a subset of the props of `StackOneHub` from `@stackone/hub`. */
export interface HubProps {
  readonly mode: 'integration-picker';
  readonly token: string;
  readonly baseUrl: string;
  readonly theme: 'light' | 'dark';
  /** CSS length. */
  readonly height?: string;
  /** Label of the button that the Hub shows after a success. */
  readonly onCloseLabel?: string;
  readonly onSuccess: (account: { readonly id: string }) => void;
  readonly onClose: () => void;
}

/**
 * `StackOneHub`, `React.lazy` of it, or a component that passes more props to it. It is rendered in a React root of its
 * own, so that the page does not receive its events. Contexts of the page are not available in it.
 */
export type HubComponent = (props: HubProps) => ReactNode;

export interface ConnectSettings {
  /** From `createConnectClient`. Create it once, outside of components. */
  readonly client: ConnectClient;
  readonly hub: HubComponent;
  /** Base URL of StackOne's API for the browser, without a trailing slash. Example: `https://api.stackone.com`. */
  readonly hubBaseUrl: string;
  /** Theme of the Hub and of the dialog. Default: `auto`, which follows the CSS property `color-scheme` of the page. */
  readonly theme?: Theme | undefined;
  /** Nonce of the content security policy, for the styles of the dialog in browsers without `adoptedStyleSheets`. */
  readonly nonce?: string | undefined;
  /** Language of the dialog, such as `de` or `de-AT`. Default: the attribute `lang` of `<html>`, or English. */
  readonly language?: string | undefined;
  /** Replaces texts of all dialogs. */
  readonly labels?: LabelChanges | undefined;
  /** Loads a lazy `hub` on the click, in parallel with the session. If it fails, the failure is `hub-not-loaded`. */
  readonly prepare?: (() => Promise<unknown>) | undefined;
}

export interface ConnectProviderProps extends ConnectSettings {
  readonly children?: ReactNode;
}

const ConnectContext = createContext<ConnectSettings | null>(null);

/** Provides the settings for all connections in the tree below it. */
export function ConnectProvider({ children, ...settings }: ConnectProviderProps): ReactElement {
  const { client, hub, hubBaseUrl, theme, nonce, language, labels, prepare } = settings;
  const value = useMemo(
    () => ({ client, hub, hubBaseUrl, theme, nonce, language, labels, prepare }),
    [client, hub, hubBaseUrl, theme, nonce, language, labels, prepare],
  );
  return <ConnectContext.Provider value={value}>{children}</ConnectContext.Provider>;
}

/** @throws Error when there is no `ConnectProvider` above the component */
export function useConnectSettings(): ConnectSettings {
  const settings = useContext(ConnectContext);
  if (settings === null) {
    throw new Error('useConnect and ConnectButton require a <ConnectProvider>');
  }
  return settings;
}
