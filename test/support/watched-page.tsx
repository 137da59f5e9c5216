/** A page that records all events that its handlers receive, around the button and around a Hub in its own design. */
import { StackOneHub } from '@stackone/hub';
import { type ReactNode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createConnectClient } from '../../client/src/index.js';
import { ConnectButton, ConnectProvider, useConnect } from '../../client/src/react/index.js';

const client = createConnectClient({
  headers: async () => {
    const response: { readonly token: string } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: `Bearer ${response.token}` };
  },
});

/** All events of React that bubble. */
const reactEvents = [
  ...['BeforeInput', 'Input', 'Change', 'Invalid', 'Reset', 'Submit', 'Select', 'KeyDown', 'KeyPress', 'KeyUp'],
  ...['Copy', 'Cut', 'Paste', 'CompositionStart', 'CompositionUpdate', 'CompositionEnd', 'Focus', 'Blur'],
  ...['Click', 'AuxClick', 'ContextMenu', 'DoubleClick', 'MouseDown', 'MouseMove', 'MouseOut', 'MouseOver', 'MouseUp'],
  ...['PointerDown', 'PointerMove', 'PointerUp', 'PointerCancel', 'PointerOver', 'PointerOut'],
  ...['GotPointerCapture', 'LostPointerCapture', 'TouchStart', 'TouchMove', 'TouchEnd', 'TouchCancel', 'Wheel'],
  ...['Drag', 'DragEnd', 'DragEnter', 'DragExit', 'DragLeave', 'DragOver', 'DragStart', 'Drop'],
  ...['AnimationStart', 'AnimationEnd', 'AnimationIteration', 'TransitionEnd'],
];

const seen: string[] = [];
Object.assign(window, { seen });

/** The names that the DOM gives these events, for native listeners and for the test. */
const nativeNames: Record<string, string> = { DoubleClick: 'dblclick', Focus: 'focusin', Blur: 'focusout' };
const nativeEvents = reactEvents.map((name) => nativeNames[name] ?? name.toLowerCase());
Object.assign(window, { nativeEvents });
for (const target of [document, window]) {
  for (const type of nativeEvents) {
    target.addEventListener(type, () => seen.push(`${target === window ? 'window' : 'document'} ${type}`));
  }
}

function Watched({ children, name }: { readonly children: ReactNode; readonly name: string }) {
  const record = (handler: string) => () => void seen.push(`${name} ${handler}`);
  const handlers = reactEvents.flatMap((event) => [`on${event}`, `on${event}Capture`]);
  return (
    <form aria-label={name} {...Object.fromEntries(handlers.map((handler) => [handler, record(handler)]))}>
      {children}
    </form>
  );
}

function OwnDesign() {
  const connect = useConnect();
  return (
    <>
      <button type="button" onClick={() => connect.start({ provider: 'personio' })}>
        Start
      </button>
      {connect.hub}
    </>
  );
}

function Page() {
  const [text, setText] = useState('');
  return (
    <ConnectProvider
      client={client}
      hub={StackOneHub}
      hubBaseUrl={new URLSearchParams(location.search).get('hub') ?? ''}
    >
      <h1>Integrations</h1>
      <Watched name="around the button">
        <input aria-label="Company" value={text} onChange={({ target }) => setText(target.value)} />
        <ConnectButton provider="bamboohr">Connect BambooHR</ConnectButton>
      </Watched>
      <Watched name="around the Hub">
        <OwnDesign />
      </Watched>
    </ConnectProvider>
  );
}

const root = document.querySelector('#root');
if (root !== null) {
  createRoot(root).render(<Page />);
}
