/** A page without a framework: the connect flow, with the Hub in the page's own dialog. */
import { attachHub, createConnectClient, createConnectFlow, loadHub } from '../../client/src/index.js';

const parameters = new URLSearchParams(location.search);

document.body.innerHTML = `
  <h1>Integrations</h1>
  <button>Connect</button> <button>Reconnect</button> <button>Retry</button> <button>Leave</button> <button>Detach</button>
  <p>It is <output id="phase"></output>. <span id="failure"></span></p>
  <ul id="linked"></ul>
  <dialog open><p>Closed <span id="closings">0</span> times</p><div id="slot"></div></dialog>`;

const find = (selector: string): HTMLElement => {
  const element = document.querySelector(selector);
  if (element instanceof HTMLElement) {
    return element;
  }
  throw new Error(`The page has no ${selector}`);
};

const client = createConnectClient({
  headers: async () => {
    const response: { readonly token: string } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: `Bearer ${response.token}` };
  },
});
const flow = createConnectFlow(client, {
  prepare: () => loadHub('/demo/hub.js'),
  onLinked: ({ providerKey }) => {
    find('#linked').append(Object.assign(document.createElement('li'), { textContent: providerKey }));
  },
});
const show = () => {
  const state = flow.getState();
  find('#phase').textContent = state.phase;
  find('#failure').textContent = state.phase === 'failed' ? state.failure.kind : '';
};
show();
flow.subscribe(show);
const detach = attachHub(flow, { slot: find('#slot'), baseUrl: parameters.get('hub') ?? '' });

let closings = 0;
find('dialog').addEventListener('close', () => {
  closings += 1;
  find('#closings').textContent = String(closings);
});

const actions: Record<string, () => void> = {
  Connect: () => void flow.start({ provider: parameters.get('provider') ?? 'bamboohr' }),
  Reconnect: () => void flow.start({ accountId: parameters.get('account') ?? '' }),
  Retry: () => void flow.retry(),
  Leave: flow.close,
  Detach: detach,
};
for (const button of document.querySelectorAll('button')) {
  button.addEventListener('click', () => actions[button.textContent ?? '']?.());
}
