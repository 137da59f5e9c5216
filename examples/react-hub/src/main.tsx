import { lazy, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ConnectProvider } from 'stackone-connect-client/react';
import { client } from './connect';
import { Integrations } from './integrations';
import './style.css';

// The Hub is large, so it is loaded on the first click, in parallel with the token.
const loadHub = () => import('@stackone/hub');
const StackOneHub = lazy(async () => ({ default: (await loadHub()).StackOneHub }));

function App() {
  return (
    <ConnectProvider client={client} hub={StackOneHub} prepare={loadHub} hubBaseUrl={import.meta.env.HUB_URL}>
      <Integrations />
    </ConnectProvider>
  );
}

const root = document.querySelector('#root');
if (root === null) {
  throw new Error('Element #root not found');
}
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
