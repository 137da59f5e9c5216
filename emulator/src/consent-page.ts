import { createHash } from 'node:crypto';
import { Html, html } from './html.js';
import type { Provider } from './providers.js';
import type { Session } from './store.js';

const pageStyle = `
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

// The delay lets the user read the result. The Hub also closes the popup when its polling sees the result.
const closeScript = 'setTimeout(() => window.close(), 1500)';

const cspHash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Response headers of every page in this file. The URL of the popup contains the session token, so responses are
 * not cached and no referrer is sent. There is no cross-origin opener policy: with one, the Hub would lose its
 * reference to the popup.
 */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': [
    "default-src 'none'",
    'img-src data:',
    `style-src ${cspHash(pageStyle)}`,
    `script-src ${cspHash(closeScript)}`,
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
<style>${new Html(pageStyle)}</style>
<main>${content}</main>
${closing}
</html>
`.text;
}

/** The consent form for one provider. The form is submitted to the URL of the page itself. */
export function consentPage(provider: Provider, session: Session): string {
  const owner = html`<strong>${session.origin_owner_name}</strong>`;
  const requestText =
    session.origin_username === null
      ? html`${owner} wants to connect ${provider.name}.`
      : html`${session.origin_username} wants to connect ${provider.name} for ${owner}.`;
  return page(
    `Connect ${provider.name}`,
    html`
<img src="${provider.logoUrl}" alt="">
<h1>Allow access to your ${provider.name} account?</h1>
<p>${requestText} This allows the application to:</p>
<ul><li>read your ${provider.name} data</li><li>keep this access until you remove it</li></ul>
<form method="post">
<button name="decision" value="deny">Deny</button>
<button name="decision" value="approve">Approve</button>
</form>
<small>This page is part of the local StackOne emulator. No data leaves this computer.</small>`,
  );
}

/** Shows the result of the consent, then closes the popup after 1.5 seconds. */
export function resultPage(provider: Provider, title: string, text: string): string {
  const logo = html`<img src="${provider.logoUrl}" alt="">`;
  const closing = html`<small>This window closes automatically.</small>`;
  return page(title, html`${logo}<h1>${title}</h1><p role="status">${text}</p>${closing}`, closeScript);
}

/** Shows why consent is not possible. The popup stays open so that the user can read the message. */
export function problemPage(text: string): string {
  return page('Connection failed', html`<h1>Connection failed</h1><p role="alert">${text}</p>`);
}
