import { useStackOneHub } from '@stackone/react-hub';
import { useEffect } from 'react';
import type { ConnectFlow, HubSession } from 'stackone-connect-client';

interface LegacyHubProps {
  readonly flow: ConnectFlow;
  readonly session: HubSession;
}

/** The Hub of the older guide: it brings an overlay of its own, and shows nothing in its place. */
export function LegacyHub({ flow, session }: LegacyHubProps) {
  const { startConnect } = useStackOneHub({ connectUrl: import.meta.env.CONNECT_LIBRARY_URL });
  useEffect(() => {
    startConnect({
      sessionToken: session.token,
      apiUrl: import.meta.env.STACKONE_URL,
      onSuccess: ({ id }) => flow.hub.success(id),
      onClose: flow.hub.close,
    });
    // It is in a frame of another origin, so nobody sees what is clicked in it.
    flow.hub.touched();
  }, [startConnect, flow, session]);
  return null;
}
