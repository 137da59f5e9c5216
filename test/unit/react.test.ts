import { describe, expect, it } from '@jest/globals';
import { createElement, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { createConnectClient } from '../../client/src/index.js';
import {
  ConnectButton,
  ConnectIntegrations,
  ConnectProvider,
  useConnect,
  useIntegrations,
  useLinkedAccounts,
} from '../../client/src/react/index.js';

const client = createConnectClient({ url: 'https://connect.example.com/graphql' });

/** Renders on the server, without `document` and `window`. */
const render = (element: ReturnType<typeof createElement>) =>
  renderToString(
    createElement(
      StrictMode,
      null,
      createElement(ConnectProvider, { client, hub: () => 'the Hub', hubBaseUrl: 'https://api.stackone.com' }, element),
    ),
  );

describe('React components on a server', () => {
  it('ConnectButton renders a button with its attributes', () => {
    const html = render(
      createElement(ConnectButton, { provider: 'bamboohr', className: 'primary' }, 'Connect BambooHR'),
    );
    expect(html).toBe('<button type="button" aria-haspopup="dialog" class="primary">Connect BambooHR</button>');
  });

  it('useConnect is in phase closed and renders no Hub', () => {
    const Own = () => {
      const { state, hub } = useConnect();
      return createElement('p', null, state.phase, hub);
    };
    expect(render(createElement(Own))).toBe('<p>closed</p>');
  });

  it('useLinkedAccounts renders the state before the first read, and sends nothing', () => {
    const Own = () => createElement('p', null, JSON.stringify(useLinkedAccounts().accounts));
    expect(render(createElement(Own))).toBe('<p>null</p>');
  });

  it('ConnectIntegrations renders an empty element, without a ConnectProvider', () => {
    const element = createElement(ConnectIntegrations, { client, className: 'mine', hubSrc: '/hub.js' });
    expect(renderToString(element)).toBe('<connect-integrations class="mine"></connect-integrations>');
  });

  it('useIntegrations renders the state before the first read, and sends nothing', () => {
    const Own = () => createElement('p', null, useIntegrations().state.phase);
    expect(render(createElement(Own))).toBe('<p>loading</p>');
  });

  it('ConnectButton throws a helpful error without a ConnectProvider', () => {
    expect(() => renderToString(createElement(ConnectButton))).toThrow(
      'useConnect and ConnectButton require a <ConnectProvider>',
    );
  });
});
