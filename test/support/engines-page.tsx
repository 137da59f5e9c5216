/** A page of a product with React components, for the tests in several browsers. */
import { StackOneHub } from '@stackone/hub';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createConnectClient, type LinkedAccount } from '../../client/src/index.js';
import { ConnectButton, ConnectProvider } from '../../client/src/react/index.js';

const parameters = new URLSearchParams(location.search);

const client = createConnectClient({
  headers: async () => {
    const response: { readonly token: string } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: `Bearer ${response.token}` };
  },
});

const names: Record<string, string> = { bamboohr: 'BambooHR', slack: 'Slack', hubspot: 'HubSpot' };

function Page() {
  const [linked, setLinked] = useState('');
  const onLinked = ({ providerKey }: LinkedAccount) => setLinked(`${names[providerKey]} is connected.`);
  return (
    <ConnectProvider client={client} hub={StackOneHub} hubBaseUrl={parameters.get('hub') ?? ''}>
      <h1>Integrations</h1>
      <ConnectButton provider="bamboohr" onLinked={onLinked}>
        Connect BambooHR
      </ConnectButton>
      <ConnectButton provider="slack" onLinked={onLinked}>
        Connect Slack
      </ConnectButton>
      <ConnectButton accountId={parameters.get('account') ?? ''} onLinked={onLinked}>
        Reconnect HubSpot
      </ConnectButton>
      <p role="status">{linked}</p>
    </ConnectProvider>
  );
}

const root = document.querySelector('#root');
if (root !== null) {
  createRoot(root).render(<Page />);
}
