import { describe, expect, it } from '@jest/globals';
import { createElement, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { createConnectClient } from '../../client/src/index.js';
import { ConnectButton, ConnectProvider, useConnect } from '../../client/src/react/index.js';

const client = createConnectClient({ url: 'https://connect.example.com/graphql' });

/** As a server renders it, where there is neither a document nor a window. */
const render = (element: ReturnType<typeof createElement>) =>
  renderToString(
    createElement(
      StrictMode,
      null,
      createElement(
        ConnectProvider,
        { client, hub: () => 'the Hub', hubBaseUrl: 'https://api.stackone.com' },
        element,
      ),
    ),
  );

describe('the React part on a server', () => {
  it('is a button, with its attributes and without what only a browser does', () => {
    const html = render(
      createElement(ConnectButton, { provider: 'bamboohr', className: 'primary' }, 'Connect BambooHR'),
    );
    expect(html).toBe(
      '<button type="button" aria-haspopup="dialog" class="primary">Connect BambooHR</button>',
    );
  });

  it('is closed, and shows no Hub', () => {
    const Own = () => {
      const { state, hub } = useConnect();
      return createElement('p', null, state.phase, hub);
    };
    expect(render(createElement(Own))).toBe('<p>closed</p>');
  });

  it('says what is missing when there is no provider around it', () => {
    expect(() => renderToString(createElement(ConnectButton))).toThrow(
      'useConnect and ConnectButton require a <ConnectProvider>',
    );
  });
});
