import { createHash } from 'node:crypto';
import { Html, html } from './html.js';
import type { Provider } from './providers.js';
import type { Session } from './store.js';

const STYLE = `
  :root { color-scheme: light dark; --ink: #1d2433; --soft: #5b6478; --line: #dfe3ea; --page: #f3f5f8;
    --card: #fff; --accent: #2456d6; --on-accent: #fff }
  @media (prefers-color-scheme: dark) { :root { --ink: #eef1f6; --soft: #a7b0c2; --line: #343c4d;
    --page: #12161f; --card: #1b212d; --accent: #7ea2ff; --on-accent: #10182c } }
  * { box-sizing: border-box }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--page);
    color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
  main { width: 100%; max-width: 440px; padding: 32px; background: var(--card); border: 1px solid var(--line);
    border-radius: 16px; box-shadow: 0 12px 32px #0b122014 }
  img { display: block; width: 56px; height: 56px; margin-bottom: 20px }
  h1 { margin: 0 0 8px; font-size: 22px; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance }
  p { margin: 0 0 16px; color: var(--soft) }
  ul { margin: 0 0 24px; padding: 16px 16px 16px 36px; border: 1px solid var(--line); border-radius: 12px }
  li + li { margin-top: 6px }
  form { display: flex; gap: 12px }
  button { flex: 1; padding: 12px; font: inherit; font-weight: 600; border-radius: 10px; cursor: pointer;
    border: 1px solid var(--line); background: transparent; color: inherit }
  button[value=approve] { background: var(--accent); border-color: var(--accent); color: var(--on-accent) }
  button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
  small { display: block; margin-top: 24px; color: var(--soft) }
`;

// Long enough to be read. The Hub closes the popup too, as soon as its polling sees the outcome.
const CLOSE_SCRIPT = 'setTimeout(() => window.close(), 1500)';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Sent with each of these pages. The address of the popup holds the session token: it is neither stored nor
 * told to anybody. There is no cross-origin opener policy, because it would hide the popup from the Hub.
 */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': [
    "default-src 'none'",
    'img-src data:',
    `style-src ${hashOf(STYLE)}`,
    `script-src ${hashOf(CLOSE_SCRIPT)}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
};

function page(title: string, content: Html, script?: string): string {
  const closing = script === undefined ? new Html('') : new Html(`<script>${script}</script>`);
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
<main>${content}</main>
${closing}
</html>
`.text;
}

/** Asks whether the owner of `session` may be connected. The form goes back to the page's own address. */
export function consentPage(provider: Provider, session: Session): string {
  const owner = html`<strong>${session.origin_owner_name}</strong>`;
  const asks =
    session.origin_username === null
      ? html`${owner} asks to connect ${provider.name}.`
      : html`${session.origin_username} asks to connect ${provider.name} for ${owner}.`;
  return page(
    `Connect ${provider.name}`,
    html`
<img src="${provider.logoUrl}" alt="">
<h1>Allow access to your ${provider.name} account?</h1>
<p>${asks} This lets the application:</p>
<ul><li>read your ${provider.name} data</li><li>keep access until it is removed</li></ul>
<form method="post">
<button name="decision" value="deny">Deny</button>
<button name="decision" value="approve">Approve</button>
</form>
<small>A stand-in from the local StackOne emulator. Nothing leaves this computer.</small>`,
  );
}

/** Shows how it ended, then closes the popup. */
export function resultPage(provider: Provider, title: string, text: string): string {
  const logo = html`<img src="${provider.logoUrl}" alt="">`;
  const closing = html`<small>This window closes by itself.</small>`;
  return page(title, html`${logo}<h1>${title}</h1><p role="status">${text}</p>${closing}`, CLOSE_SCRIPT);
}

/** Says why there is nothing to decide here. It stays open: a person has to read it. */
export function problemPage(text: string): string {
  return page('This did not work', html`<h1>This did not work</h1><p role="alert">${text}</p>`);
}
