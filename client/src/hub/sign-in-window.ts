import type { BlockedSignIn } from '../core/connect-state.js';

/**
 * The Hub opens the sign-in page of an OAuth provider with `window.open`, after a request to StackOne. A browser opens a
 * window for a click only. WebKit, and so Safari, does not count the click after a request. Chromium and Firefox count it
 * for a few seconds. So while a Hub is mounted, an empty window is opened at the moment when the Hub sends that request,
 * and the Hub's `window.open` shows the sign-in page in it.
 */

/** Name of the Hub's window. A window of an earlier attempt with this name is used again. */
const windowName = 'Connect Account';
const windowSize = { width: 1024, height: 800 };
/** The Hub opens its window as soon as it has read the response. */
const unusedMs = 2_000;

const defaultWaitingText = 'The sign-in page opens in a moment…';

export interface SignInWindowOptions {
  /** Base URL and session token of the Hub. The requests and windows of other code are not affected. */
  readonly baseUrl: string;
  readonly token: string;
  /** Shown in the window until the sign-in page is known. Default: an English text. */
  readonly waitingText?: string | undefined;
  /** Called when the browser blocks the window, and with null when the window is open or no longer needed. */
  readonly onBlocked: (signIn: BlockedSignIn | null) => void;
}

interface Installation {
  readonly hubs: Set<SignInWindow>;
  readonly restore: () => void;
}

let installation: Installation | undefined;

/**
 * Opens the sign-in window of a mounted Hub in time. Replaces `fetch` and `open` of the page until the last Hub is
 * removed. The Hub must be in this document: in an `<iframe>` of another origin it is out of reach.
 * @returns a function to call when the Hub is removed
 */
export function prepareSignInWindow(options: SignInWindowOptions): () => void {
  installation ??= install();
  const { hubs, restore } = installation;
  const hub = new SignInWindow(options);
  hubs.add(hub);
  return () => {
    if (!hubs.delete(hub)) {
      return;
    }
    hub.end();
    if (hubs.size === 0) {
      installation = undefined;
      restore();
    }
  };
}

function install(): Installation {
  const hubs = new Set<SignInWindow>();
  const { fetch, open } = window;
  const fetchForHub: typeof fetch = (input, init) => {
    const send = () => fetch.call(window, input, init);
    const hub = [...hubs].find((candidate) => candidate.isAttempt(input, init));
    return hub === undefined ? send() : hub.attempt(send);
  };
  const openForHub: typeof open = (url, target, features) => {
    const openWindow = () => open.call(window, url, target, features);
    const hub = [...hubs].find((candidate) => candidate.isSignInPage(url));
    return hub === undefined ? openWindow() : hub.open(String(url), openWindow);
  };
  window.fetch = fetchForHub;
  window.open = openForHub;
  return {
    hubs,
    // A function that other code has put in front calls ours, which has no Hub any more and passes everything on.
    restore: () => {
      if (window.fetch === fetchForHub) {
        window.fetch = fetch;
      }
      if (window.open === openForHub) {
        window.open = open;
      }
    },
  };
}

/** The sign-in window of one Hub. */
class SignInWindow {
  readonly #options: SignInWindowOptions;
  /** The attempt whose window waits for the sign-in page. Two attempts can have the same window. */
  #waiting: { readonly window: Window | null } | null = null;
  #isBlocked = false;

  constructor(options: SignInWindowOptions) {
    this.#options = options;
  }

  /** Whether the Hub sends the request that precedes its window. */
  isAttempt(input: RequestInfo | URL, init?: RequestInit): boolean {
    const { baseUrl, token } = this.#options;
    const request = input instanceof Request ? input : undefined;
    const isUrl = toHref(request?.url ?? String(input)) === toHref(`${baseUrl}/hub/connection_attempts`);
    const method = init?.method ?? request?.method ?? 'GET';
    const headers = init?.headers ?? request?.headers;
    return isUrl && method.toUpperCase() === 'POST' && new Headers(headers).get('x-hub-session-token') === token;
  }

  isSignInPage(url: string | URL = ''): boolean {
    const { baseUrl, token } = this.#options;
    const href = toHref(String(url));
    return href.startsWith(toHref(`${baseUrl}/connect/oauth2/`)) && href.includes(`token=${token}`);
  }

  /** Opens the window and sends the request. Closes the window if the request fails or the Hub does not use it. */
  attempt(send: () => Promise<Response>): Promise<Response> {
    const waiting = { window: openWaitingWindow(this.#options.waitingText) };
    this.#waiting = waiting;
    const response = (async () => send())();
    void isCreated(response).then((ok) => {
      setTimeout(() => this.#waiting === waiting && this.#close(), ok ? unusedMs : 0);
    });
    return response;
  }

  /** @returns the window for the Hub: the waiting one, a new one, or a stand-in for a blocked one */
  open(url: string, openWindow: () => Window | null): Window | null {
    const waiting = this.#waiting?.window;
    this.#waiting = null;
    if (waiting?.closed === false) {
      waiting.location.replace(url);
      return waiting;
    }
    return openWindow() ?? this.#standIn(openWindow);
  }

  end(): void {
    this.#close();
    this.#setBlocked(null);
  }

  /** The Hub would cancel the attempt without a window. With this one it waits for the result, as for any window. */
  #standIn(openWindow: () => Window | null): Window {
    let actual: Window | null = null;
    let isOver = false;
    this.#setBlocked({
      state: 'blocked',
      continue: () => {
        actual = openWindow();
        if (actual !== null) {
          this.#setBlocked(null);
        }
      },
    });
    // These are the members that the Hub uses.
    return Object.create(null, {
      closed: { get: () => isOver || actual?.closed === true },
      focus: { value: () => actual?.focus() },
      close: {
        value: () => {
          isOver = true;
          actual?.close();
          this.#setBlocked(null);
        },
      },
    });
  }

  #setBlocked(signIn: BlockedSignIn | null): void {
    if (signIn !== null || this.#isBlocked) {
      this.#isBlocked = signIn !== null;
      this.#options.onBlocked(signIn);
    }
  }

  #close(): void {
    this.#waiting?.window?.close();
    this.#waiting = null;
  }
}

function openWaitingWindow(text = defaultWaitingText): Window | null {
  const { width, height } = windowSize;
  const left = Math.round(window.screenX + (window.outerWidth - width) / 2);
  const top = Math.round(window.screenY + (window.outerHeight - height) / 2.5);
  const opened = window.open('', windowName, `width=${width},height=${height},left=${left},top=${top}`);
  try {
    if (opened !== null) {
      showText(opened.document, text);
    }
  } catch {
    // A window of an earlier attempt, which shows a page of another origin.
  }
  return opened;
}

/** Without markup and style elements: the content security policy of the page applies. */
function showText({ documentElement, body }: Document, text: string): void {
  documentElement.lang = document.documentElement.lang;
  documentElement.style.colorScheme = 'light dark';
  body.style.cssText =
    'display: grid; place-content: center; min-height: 100vh; box-sizing: border-box; margin: 0; padding: 1rem; ' +
    'text-align: center; font: 1.125rem / 1.5 system-ui, sans-serif';
  body.textContent = text;
}

/** Waits for the body too: the Hub opens its window after it. */
async function isCreated(response: Promise<Response>): Promise<boolean> {
  try {
    const copy = (await response).clone();
    await copy.arrayBuffer();
    return copy.ok;
  } catch {
    return false;
  }
}

function toHref(url: string): string {
  try {
    return new URL(url, document.baseURI).href;
  } catch {
    return url;
  }
}
