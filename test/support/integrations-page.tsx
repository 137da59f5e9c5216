/** A page of a product with `<ConnectIntegrations>` and nothing else, for its tests. */
import { StrictMode, useCallback, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createConnectClient, type LabelChanges } from '../../client/src/index.js';
import { ConnectIntegrations } from '../../client/src/react/index.js';

const client = createConnectClient({
  headers: async () => {
    const response: { readonly token: string } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: `Bearer ${response.token}` };
  },
});
// Bundlers of a product resolve it as a module.
// @ts-expect-error the package has no types for it
const loadHub = () => import('@stackone/hub/webcomponent');
const hubBaseUrl = new URLSearchParams(location.search).get('hub') ?? '';
const labels: LabelChanges = { connections: 'What is linked', status: { ACTIVE: 'All good' } };

let refCalls = 0;

function Page() {
  const [events, setEvents] = useState('');
  const [canAsk, setCanAsk] = useState(false);
  const ref = useCallback(() => {
    refCalls += 1;
    document.body.dataset['refCalls'] = String(refCalls);
  }, []);
  return (
    <>
      <h1>Integrations</h1>
      <ConnectIntegrations
        {...{ client, loadHub, hubBaseUrl, labels }}
        ref={ref}
        className="mine"
        onLinked={({ providerKey }) => setEvents(`${events} linked ${providerKey}`)}
        onRemoved={({ providerKey }) => setEvents(`${events} removed ${providerKey}`)}
        requestIntegration={canAsk ? (search) => setEvents(`asked for ${search}`) : undefined}
      />
      <button type="button" onClick={() => setCanAsk(!canAsk)}>
        Toggle
      </button>
      <output>{events}</output>
    </>
  );
}

const root = document.querySelector('#root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}
