import { useStackOneHub } from '@stackone/react-hub';
import { useEffect } from 'react';
import type { ConnectFlow, HubSession } from 'stackone-connect-client';

interface LegacyHubProps {
  readonly flow: ConnectFlow;
  readonly session: HubSession;
}

/** The Hub of StackOne's older guide. It opens its own overlay, so this component renders nothing. */
export function LegacyHub({ flow, session }: LegacyHubProps) {
  const { startConnect } = useStackOneHub({ connectUrl: import.meta.env.CONNECT_LIBRARY_URL });
  useEffect(() => {
    startConnect({
      sessionToken: session.token,
      apiUrl: import.meta.env.STACKONE_URL,
      onSuccess: ({ id }) => flow.hub.success(id),
      onClose: flow.hub.close,
    });
    // The Hub is in an iframe of another origin, so clicks in it cannot be detected.
    flow.hub.touched();
  }, [startConnect, flow, session]);
  return null;
}
