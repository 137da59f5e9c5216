import '../../client/src/elements/index.js';
import { createConnectClient } from '../../client/src/index.js';
import { tokenHeaders } from './token-headers.js';

/** The page of a product around `<connect-integrations>`: who is signed in, and what only a demo has. */
const parameters = new URLSearchParams(location.search);
/** The people who can sign in, by the parameters of their token. */
const people = {
  'tenant=acme': 'Acme',
  'tenant=acme&person=sam': 'Acme, may only view',
  'tenant=globex': 'Globex',
  'tenant=initech': 'Initech, small plan',
};
const ofSignIn = (key: string) => key === 'tenant' || key === 'person';
const requested = String(new URLSearchParams([...parameters].filter(([key]) => ofSignIn(key))));
const signIn = Object.hasOwn(people, requested) ? requested : 'tenant=acme';

const page = find('connect-integrations', HTMLElement);
// Relative to the page, so that the demo works behind a proxy that removes a prefix of the path.
Object.assign(page, {
  client: createConnectClient({ url: 'graphql', headers: tokenHeaders(signIn, showUser) }),
  requestIntegration: (search: string) => say(`Orchard’s team has your wish${search === '' ? '' : `: ${search}`}.`),
});

function showUser(ownerName: string, username: string): void {
  find('.user b', HTMLElement).textContent = ownerName;
  find('.user small', HTMLElement).textContent = username;
}

/** Links instead of buttons: a new page load for each person keeps no data of the other person. */
find('nav', HTMLElement).append(
  ...Object.entries(people).map(([key, name]) => {
    const link = document.createElement('a');
    const others = [...parameters].filter(([parameter]) => !ofSignIn(parameter));
    link.href = `?${new URLSearchParams([...new URLSearchParams(key), ...others])}`;
    link.textContent = name;
    if (key === signIn) {
      link.setAttribute('aria-current', 'page');
    }
    return link;
  }),
);

const languages = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español', it: 'Italiano', ja: '日本語' };
choose('#language', languages, 'language', (language) => page.setAttribute('language', language));
choose('#theme', { auto: 'System theme', light: 'Light theme', dark: 'Dark theme' }, 'theme', (theme) => {
  document.documentElement.style.colorScheme = theme === 'auto' ? 'light dark' : theme;
  page.setAttribute('theme', theme);
});

/** Fills a list, and keeps the choice in the address of the page. */
function choose(selector: string, names: Record<string, string>, key: string, apply: (value: string) => void): void {
  const list = find(selector, HTMLSelectElement);
  list.append(...Object.entries(names).map(([value, name]) => new Option(name, value)));
  const initial = parameters.get(key) ?? '';
  list.value = Object.hasOwn(names, initial) ? initial : (Object.keys(names)[0] ?? '');
  apply(list.value);
  list.addEventListener('change', () => {
    apply(list.value);
    parameters.set(key, list.value);
    history.replaceState(null, '', `?${parameters}`);
  });
}

find('#break', HTMLButtonElement).addEventListener('click', () => void breakAccount());

async function breakAccount(): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const tenant = new URLSearchParams(signIn).get('tenant');
  const response = await fetch('demo/break-account', { method: 'POST', headers, body: JSON.stringify({ tenant }) });
  const { accountId }: { readonly accountId: string | null } = await response.json();
  say(accountId === null ? 'No account works, so none can break. Connect one first.' : '');
}

function say(text: string): void {
  find('#demo-message', HTMLOutputElement).textContent = text;
}

function find<T extends Element>(selector: string, kind: new () => T): T {
  const element = document.querySelector(selector);
  if (element instanceof kind) {
    return element;
  }
  throw new Error(`No element matches ${selector}`);
}
