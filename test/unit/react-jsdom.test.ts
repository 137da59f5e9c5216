import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JSDOM } from 'jsdom';
import type { ReactNode } from 'react';
import type { Root } from 'react-dom/client';
import type { ConnectClient } from '../../client/src/index.js';
import { waitUntil } from '../support/wait.js';

/** A test environment of a product: jsdom has no `showModal`, `matchMedia` and `adoptedStyleSheets`. */
const { window } = new JSDOM('<h1>Integrations</h1><div id="root"></div>', { url: 'https://app.example.com/' });
const globals = [
  ...['window', 'document', 'Document', 'ShadowRoot', 'Node', 'Element', 'HTMLElement', 'HTMLIFrameElement', 'Event'],
  ...['getComputedStyle', 'navigator', 'AbortController', 'AbortSignal'],
];
let root: Root;
let render: (element: ReactNode) => void;

beforeAll(async () => {
  for (const name of globals) {
    Object.defineProperty(globalThis, name, { value: Reflect.get(window, name), configurable: true });
  }
  const { createRoot } = await import('react-dom/client');
  root = createRoot(find('#root'));
  render = (element) => root.render(element);
});
afterAll(() => root.unmount());

function find(selector: string): HTMLElement {
  const element = window.document.querySelector(selector);
  if (element instanceof window.HTMLElement) {
    return element;
  }
  throw new Error(`No ${selector} in ${window.document.body.innerHTML}`);
}

const has = (selector: string) => window.document.querySelector(selector) !== null;
const shown = (selector: string, isShown = true) =>
  waitUntil(
    () => has(selector) === isShown,
    () => window.document.body.innerHTML,
  );

describe('ConnectButton in jsdom', () => {
  it('opens a dialog that is not modal, with the Hub or the failure, and closes it on Escape', async () => {
    const { createElement } = await import('react');
    const { createConnectClient } = await import('../../client/src/index.js');
    const { ConnectButton, ConnectProvider } = await import('../../client/src/react/index.js');
    const client = createConnectClient({ url: 'http://127.0.0.1:9/graphql' });
    const hub = () => null;
    const button = createElement(ConnectButton, { provider: 'bamboohr' }, 'Connect BambooHR');
    render(createElement(ConnectProvider, { client, hub, hubBaseUrl: 'https://api.stackone.com' }, button));
    await shown('#root button');
    find('#root button').focus();
    find('#root button').click();
    await shown('dialog[open] [role=alert]');
    expect(find('dialog [role=heading]').textContent).toBe('Connect BambooHR');
    expect(find('dialog [role=alert]').textContent).toContain('The server cannot be reached');
    expect(window.document.activeElement).toBe(find('dialog [role=heading]'));
    // The page stays.
    expect(find('h1').textContent).toBe('Integrations');
    const press = new window.KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
    find('dialog [role=heading]').dispatchEvent(press);
    await shown('dialog', false);
    expect(window.document.activeElement).toBe(find('#root button'));
  });
});

describe('ConnectButton with unavailableReason', () => {
  it('shows the reason, keeps the focus and its other description, and does nothing on a click', async () => {
    const { createElement } = await import('react');
    const { createConnectClient, describeUnavailable } = await import('../../client/src/index.js');
    const { ConnectButton, ConnectProvider } = await import('../../client/src/react/index.js');
    const settings = {
      client: createConnectClient({ url: 'http://127.0.0.1:9/graphql' }),
      hub: () => null,
      hubBaseUrl: 'https://api.stackone.com',
    };
    let clicks = 0;
    const show = (canManage: boolean) => {
      const props = {
        provider: 'bamboohr',
        unavailableReason: describeUnavailable({ canManage }, { availability: 'AVAILABLE' }),
        'aria-describedby': 'hint',
        onClick: () => {
          clicks += 1;
        },
      };
      render(createElement(ConnectProvider, settings, createElement(ConnectButton, props, 'Connect BambooHR')));
    };
    show(false);
    await shown('#root button[aria-disabled=true]');
    const button = find('#root button');
    const [hint, reasonId] = button.getAttribute('aria-describedby')?.split(' ') ?? [];
    const reason = window.document.getElementById(reasonId ?? '');
    expect([hint, reason?.textContent]).toEqual([
      'hint',
      'Ask an administrator of your organization to manage connections.',
    ]);
    button.focus();
    expect(window.document.activeElement).toBe(button);
    button.click();
    expect([clicks, has('dialog')]).toEqual([0, false]);
    show(true);
    await shown('#root button[aria-disabled]', false);
    expect([button.getAttribute('aria-describedby'), has('.stackone-connect-reason')]).toEqual(['hint', false]);
    button.click();
    await shown('dialog[open]');
    expect(clicks).toBe(1);
    render(null);
    await shown('dialog', false);
  });
});

describe('useLinkedAccounts in jsdom', () => {
  it('shows nothing of an earlier client, whose stream ends: another user may have signed in', async () => {
    const { createElement } = await import('react');
    const { createConnectClient } = await import('../../client/src/index.js');
    const { ConnectProvider, useLinkedAccounts } = await import('../../client/src/react/index.js');
    const accounts = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
    const open: string[] = [];
    const createClient = (name: string, isReadable: boolean): ConnectClient => {
      const client = createConnectClient({ url: 'http://127.0.0.1:9/graphql' });
      const linkedAccounts = () =>
        isReadable ? Promise.resolve({ linkedAccounts: accounts }) : new Promise<never>(() => {});
      const openChangeStream = () => {
        open.push(name);
        return () => void open.splice(open.indexOf(name), 1);
      };
      return { ...client, openChangeStream, sdk: { ...client.sdk, linkedAccounts } };
    };
    const rendered: string[] = [];
    const Accounts = () => {
      rendered.push(useLinkedAccounts().accounts === null ? 'not read' : 'read');
      return createElement('p', { id: 'accounts' });
    };
    const page = (client: ConnectClient) => {
      const settings = { client, hub: () => null, hubBaseUrl: 'https://api.stackone.com' };
      return createElement(ConnectProvider, settings, createElement(Accounts));
    };
    render(page(createClient('first', true)));
    await waitUntil(
      () => rendered.at(-1) === 'read',
      () => rendered.join(),
    );
    rendered.length = 0;
    render(page(createClient('second', false)));
    await waitUntil(
      () => open.join() === 'second',
      () => open.join(),
    );
    expect(new Set(rendered)).toEqual(new Set(['not read']));
    render(null);
    await shown('#accounts', false);
  });

  it('opens one stream for all components, also in strict mode, and closes it with the last of them', async () => {
    const { createElement, StrictMode } = await import('react');
    const { createConnectClient } = await import('../../client/src/index.js');
    const { ConnectProvider, useLinkedAccounts } = await import('../../client/src/react/index.js');
    let open = 0;
    const client = {
      ...createConnectClient({ url: 'http://127.0.0.1:9/graphql' }),
      openChangeStream: () => {
        open += 1;
        return () => {
          open -= 1;
        };
      },
    };
    const Accounts = ({ id }: { readonly id: string }) =>
      createElement('p', { id }, useLinkedAccounts().accounts === null ? 'not read' : 'read');
    const page = (...ids: string[]) => {
      const children = ids.map((id) => createElement(Accounts, { key: id, id }));
      const settings = { client, hub: () => null, hubBaseUrl: 'https://api.stackone.com' };
      return createElement(StrictMode, null, createElement(ConnectProvider, settings, ...children));
    };
    render(page('a', 'b'));
    await shown('#b');
    await waitUntil(
      () => open === 1,
      () => `${open} streams`,
    );
    expect(find('#a').textContent).toBe('not read');
    render(page('a'));
    await shown('#b', false);
    expect(open).toBe(1);
    render(page());
    await waitUntil(
      () => open === 0,
      () => `${open} streams`,
    );
  });

  it('does not show the accounts of an earlier mount, which another person can have seen', async () => {
    const { createElement } = await import('react');
    const { createConnectClient } = await import('../../client/src/index.js');
    const { ConnectProvider, useLinkedAccounts } = await import('../../client/src/react/index.js');
    const { sdk, ...rest } = createConnectClient({ url: 'http://127.0.0.1:9/graphql' });
    const linkedAccounts = async () => ({
      linkedAccounts: { nodes: [], totalCount: 0, pageInfo: { hasNextPage: false, endCursor: null } },
    });
    const client = { ...rest, sdk: { ...sdk, linkedAccounts }, openChangeStream: () => () => {} };
    const seen: string[] = [];
    const Accounts = () => {
      const text = useLinkedAccounts().accounts === null ? 'not read' : 'read';
      seen.push(text);
      return createElement('p', { className: text.replace(' ', '-') });
    };
    const page = (...children: readonly ReactNode[]) =>
      createElement(ConnectProvider, { client, hub: () => null, hubBaseUrl: 'https://api.stackone.com' }, ...children);
    render(page(createElement(Accounts)));
    await shown('.read');
    render(page());
    await shown('.read', false);
    seen.length = 0;
    render(page(createElement(Accounts)));
    await shown('.read');
    expect(seen[0]).toBe('not read');
  });
});
