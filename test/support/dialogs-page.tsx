/** A page of a product that shows the button in a dialog of the library in the parameter `library`. */
import * as headless from '@headlessui/react';
import * as radix from '@radix-ui/react-dialog';
import { StackOneHub } from '@stackone/hub';
import A11yDialog from 'a11y-dialog';
import { createFocusTrap } from 'focus-trap';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import ReactModal from 'react-modal';
import { Drawer } from 'vaul';
import { createConnectClient } from '../../client/src/index.js';
import { ConnectButton, ConnectProvider } from '../../client/src/react/index.js';

const parameters = new URLSearchParams(location.search);

const client = createConnectClient({
  headers: async () => {
    const response: { readonly token: string } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: `Bearer ${response.token}` };
  },
});

interface HostDialogProps {
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly children: ReactNode;
}

function Radix({ isOpen, close, children }: HostDialogProps) {
  return (
    <radix.Root open={isOpen} onOpenChange={(open) => !open && close()}>
      <radix.Portal>
        <radix.Overlay />
        <radix.Content aria-describedby={undefined}>
          <radix.Title>Settings</radix.Title>
          {children}
        </radix.Content>
      </radix.Portal>
    </radix.Root>
  );
}

function Headless({ isOpen, close, children }: HostDialogProps) {
  return (
    <headless.Dialog open={isOpen} onClose={close}>
      <headless.DialogPanel>
        <headless.DialogTitle>Settings</headless.DialogTitle>
        {children}
      </headless.DialogPanel>
    </headless.Dialog>
  );
}

function Modal({ isOpen, close, children }: HostDialogProps) {
  return (
    <ReactModal isOpen={isOpen} onRequestClose={close} appElement={appElement()}>
      <h2>Settings</h2>
      {children}
    </ReactModal>
  );
}

function Vaul({ isOpen, close, children }: HostDialogProps) {
  return (
    <Drawer.Root open={isOpen} onOpenChange={(open) => !open && close()}>
      <Drawer.Portal>
        <Drawer.Overlay />
        <Drawer.Content aria-describedby={undefined}>
          <Drawer.Title>Settings</Drawer.Title>
          {children}
        </Drawer.Content>
      </Drawer.Portal>
    </Drawer.Root>
  );
}

/** A dialog of the browser that a press on its backdrop closes. */
function Native({ isOpen, close, children }: HostDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) {
      dialog.current?.showModal();
    } else {
      dialog.current?.close();
    }
  }, [isOpen]);
  useEffect(() => {
    const onClick = ({ target }: Event) => target === dialog.current && close();
    const element = dialog.current;
    element?.addEventListener('click', onClick);
    return () => element?.removeEventListener('click', onClick);
  }, [close]);
  return (
    <dialog ref={dialog} onClose={close}>
      <h2>Settings</h2>
      {children}
    </dialog>
  );
}

/** The element of a focus trap, with or without the role of a dialog. */
function Trap({ isOpen, close, children, role }: HostDialogProps & { readonly role?: string }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen || element.current === null) {
      return;
    }
    const trap = createFocusTrap(element.current, { onDeactivate: close });
    trap.activate();
    return () => void trap.deactivate({ onDeactivate: () => {} });
  }, [isOpen, close]);
  return isOpen ? (
    <div ref={element} role={role}>
      <h2>Settings</h2>
      {children}
    </div>
  ) : null;
}

function A11y({ isOpen, close, children }: HostDialogProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen || element.current === null) {
      return;
    }
    const dialog = new A11yDialog(element.current);
    dialog.on('hide', close).show();
    return () => void dialog.destroy();
  }, [isOpen, close]);
  return (
    <div ref={element} role="dialog" aria-label="Settings" aria-hidden="true" hidden={!isOpen}>
      <div data-a11y-dialog-hide="" />
      <div role="document">
        <h2>Settings</h2>
        {children}
      </div>
    </div>
  );
}

const libraries: Record<string, (props: HostDialogProps) => ReactNode> = {
  none: ({ children }) => children,
  radix: Radix,
  headless: Headless,
  'react-modal': Modal,
  vaul: Vaul,
  native: Native,
  'focus-trap': Trap,
  'focus-trap-dialog': (props) => <Trap {...props} role="dialog" />,
  'a11y-dialog': A11y,
};
const Library = libraries[parameters.get('library') ?? 'none'] ?? (() => null);

function Page() {
  const [isOpen, setOpen] = useState(false);
  const [closings, setClosings] = useState(0);
  const [linked, setLinked] = useState('');
  const [close] = useState(() => () => {
    setOpen(false);
    setClosings((count) => count + 1);
  });
  return (
    <ConnectProvider client={client} hub={StackOneHub} hubBaseUrl={parameters.get('hub') ?? ''}>
      <h1>Integrations</h1>
      <button type="button" onClick={() => setOpen(true)}>
        Open settings
      </button>
      <output>Closed {closings} times</output>
      <Library isOpen={isOpen} close={close}>
        <ConnectButton provider="bamboohr" onLinked={({ providerKey }) => setLinked(`${providerKey} is linked`)}>
          Connect BambooHR
        </ConnectButton>
        <ConnectButton provider="lever">Connect Lever</ConnectButton>
        <input aria-label="Name of the company" />
        <p>{linked}</p>
      </Library>
    </ConnectProvider>
  );
}

function appElement(): HTMLElement {
  const root = document.querySelector('#root');
  if (root instanceof HTMLElement) {
    return root;
  }
  throw new Error('Element #root not found');
}

createRoot(appElement()).render(<Page />);
