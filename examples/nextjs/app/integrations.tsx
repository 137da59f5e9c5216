'use client';

import { createConnectClient } from 'stackone-connect-client';
import { ConnectIntegrations } from 'stackone-connect-client/react';

const client = createConnectClient({ url: '/graphql' });
const loadHub = () => import('@stackone/hub/webcomponent');

export function Integrations({ hubBaseUrl }: { readonly hubBaseUrl: string }) {
  return <ConnectIntegrations client={client} loadHub={loadHub} hubBaseUrl={hubBaseUrl} />;
}
