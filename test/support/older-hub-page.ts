/** A page with StackOne's Connect library, called as `@stackone/react-hub` 1.1.1 calls it. The Hub is in its frame. */
import { createConnectClient, createConnectFlow } from '../../client/src/index.js';

interface ConnectLibrary {
  readonly start: (options: {
    readonly sessionToken: string;
    readonly apiUrl: string;
    readonly onSuccess: (account: { readonly id: string }) => void;
    readonly onClose: () => void;
  }) => void;
}
declare const Connect: ConnectLibrary;

const parameters = new URLSearchParams(location.search);
const apiUrl = parameters.get('hub') ?? '';

const client = createConnectClient({
  headers: async () => {
    const response: { readonly token: string } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: `Bearer ${response.token}` };
  },
});
const names: Record<string, string> = { bamboohr: 'BambooHR', slack: 'Slack', hubspot: 'HubSpot' };
const flow = createConnectFlow(client, {
  onLinked: ({ providerKey }) => document.body.append(`${names[providerKey]} is connected.`),
});
flow.subscribe(() => {
  const state = flow.getState();
  if (state.phase === 'open') {
    const { success, close, touched } = flow.hub;
    Connect.start({ sessionToken: state.session.token, apiUrl, onSuccess: ({ id }) => success(id), onClose: close });
    touched();
  }
});

function addButton(text: string, request: Parameters<typeof flow.start>[0]): void {
  const button = document.createElement('button');
  button.textContent = text;
  button.onclick = () => void flow.start(request);
  document.body.append(button);
}
const library = document.createElement('script');
library.src = `${apiUrl}/stackone/connect.js`;
library.onload = () => {
  addButton('Connect BambooHR', { provider: 'bamboohr' });
  addButton('Connect Slack', { provider: 'slack' });
  addButton('Reconnect HubSpot', { accountId: parameters.get('account') ?? '' });
};
document.head.append(library);
