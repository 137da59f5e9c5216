import { type ReactElement, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import {
  createIntegrations,
  type Integrations,
  type IntegrationsOptions,
} from '../integrations/create-integrations.js';
import type { IntegrationsState } from '../integrations/state.js';
import { useConnectSettings } from './connect-provider.js';
import { type FlowHubProps, Hub } from './use-connect.js';

export interface UseIntegrationsOptions extends Pick<IntegrationsOptions, 'onLinked' | 'onRemoved'> {
  /** Additional props of the Hub. */
  readonly hubProps?: FlowHubProps['settings']['hubProps'];
}

export interface UseIntegrations {
  readonly state: IntegrationsState;
  /** The actions. They are stable between renders. */
  readonly integrations: Integrations;
  /** The Hub element to render in your dialog, or null when no Hub is open. */
  readonly hub: ReactElement | null;
}

/** The state and the actions of a page with integrations, for a custom design. Requires a `ConnectProvider`. */
export function useIntegrations(options: UseIntegrationsOptions = {}): UseIntegrations {
  const settings = useConnectSettings();
  const { client } = settings;
  const latest = useRef({ ...options, prepare: settings.prepare });
  useEffect(() => {
    latest.current = { ...options, prepare: settings.prepare };
  });
  const integrations = useMemo(
    () =>
      createIntegrations(client, {
        prepare: async () => latest.current.prepare?.(),
        onLinked: (account) => latest.current.onLinked?.(account),
        onRemoved: (account) => latest.current.onRemoved?.(account),
      }),
    [client],
  );
  useEffect(() => {
    integrations.load();
    return integrations.dispose;
  }, [integrations]);
  const state = useSyncExternalStore(integrations.subscribe, integrations.getState, integrations.getState);
  const session = state.dialog?.kind === 'connect' ? state.dialog.connection.session : null;
  const { flow } = integrations.connection;
  return {
    state,
    integrations,
    hub: session && <Hub key={session.token} flow={flow} session={session} settings={{ ...settings, ...options }} />,
  };
}
