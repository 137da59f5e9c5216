import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { client } from './apollo';
import { Integrations } from './integrations';
import './style.css';

const root = document.querySelector('#root');
if (root === null) {
  throw new Error('Element #root not found');
}
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <Integrations />
    </ApolloProvider>
  </StrictMode>,
);
