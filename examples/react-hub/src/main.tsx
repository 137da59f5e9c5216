import { createRoot } from 'react-dom/client';
import { createConnectClient } from 'stackone-connect-client';
import { ConnectIntegrations } from 'stackone-connect-client/react';

const client = createConnectClient({
  headers: async () => {
    const { token } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: `Bearer ${token}` };
  },
});
const loadHub = () => import('@stackone/hub/webcomponent');
createRoot(document.querySelector('main') ?? document.body).render(
  <ConnectIntegrations client={client} loadHub={loadHub} hubBaseUrl={import.meta.env.HUB_URL} />,
);
