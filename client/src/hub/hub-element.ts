import type { ConnectFlow } from '../core/connect-flow.js';
import type { HubSession } from '../core/connect-state.js';
import { keepOverlaysWith } from './hub-overlays.js';
import { keepEventsInside } from './own-events.js';
import { prepareSignInWindow } from './sign-in-window.js';

export interface HubElementOptions {
  /** The element that contains the Hub. Its other children are removed. */
  readonly slot: HTMLElement;
  /** Base URL of StackOne's API for the browser, without a trailing slash. Example: `https://api.stackone.com`. */
  readonly baseUrl: string;
  /** Returns further attributes of `<stackone-hub>`, such as `theme` and `height`. Called each time it is mounted. */
  readonly attributes?: (() => Readonly<Record<string, string>>) | undefined;
  /** Shown in the sign-in window until the provider's page is known. Default: an English text. */
  readonly waitingText?: string | undefined;
}

const scripts = new Map<string, Promise<void>>();
/** A Hub that the page has moved is empty for a moment. */
const emptyMs = 1_000;

/**
 * Loads the script of `<stackone-hub>` once. The script has 1.2 MB: load it on the first click, with the option
 * `prepare` of a flow. After a failure the next call loads it again.
 * @param src URL of the file `@stackone/hub/webcomponent`, served from your own site
 * @param options `nonce` of the content security policy
 */
export function loadHub(src: string, { nonce = '' }: { readonly nonce?: string | undefined } = {}): Promise<void> {
  const existing = scripts.get(src);
  if (existing !== undefined) {
    return existing;
  }
  const script = document.createElement('script');
  const loaded = new Promise((resolve) => {
    script.onload = resolve;
    script.onerror = resolve;
  }).then(requireHub);
  loaded.catch(() => {
    script.remove();
    scripts.delete(src);
  });
  script.src = src;
  script.nonce = nonce;
  document.head.append(script);
  scripts.set(src, loaded);
  return loaded;
}

/** @throws Error when no script has defined the Hub: some servers send their HTML page for a wrong URL */
export function requireHub(): void {
  if (customElements.get('stackone-hub') === undefined) {
    throw new Error('No script has defined <stackone-hub>. Check hubSrc or loadHub.');
  }
}

/**
 * Shows a `<stackone-hub>` in `slot` while the flow has a session. A new session gets a new element.
 * @returns a function that removes the Hub and detaches it from the flow. The flow continues.
 */
export function attachHub(flow: ConnectFlow, options: HubElementOptions): () => void {
  return attachHubs(flow, (session) => mountHubElement(flow, session, options));
}

/**
 * Mounts a Hub of any kind while the flow has a session, and another one for a new session.
 * @param mountHub returns a function that removes the Hub
 * @returns a function that removes the Hub and detaches it from the flow
 */
export function attachHubs(flow: ConnectFlow, mountHub: MountHub): () => void {
  let mounted: { readonly token: string; readonly unmount: () => void } | undefined;
  const update = () => {
    const { session } = flow.getState();
    if (session?.token === mounted?.token) {
      return;
    }
    mounted?.unmount();
    mounted = session === null ? undefined : { token: session.token, unmount: mountHub(session) };
  };
  update();
  const unsubscribe = flow.subscribe(update);
  return () => {
    unsubscribe();
    mounted?.unmount();
  };
}

type MountHub = (session: HubSession) => () => void;

/** Shows a `<stackone-hub>` in `slot`. @returns a function that removes it */
export function mountHubElement(flow: ConnectFlow, session: HubSession, options: HubElementOptions): () => void {
  const element = document.createElement('stackone-hub');
  const attributes = { mode: 'integration-picker', token: session.token, 'base-url': options.baseUrl };
  for (const [name, value] of Object.entries({ ...attributes, ...options.attributes?.() })) {
    element.setAttribute(name, value);
  }
  const removed = new AbortController();
  const { signal } = removed;
  element.addEventListener('success', (event) => handleSuccess(event, flow.hub.success), { signal });
  element.addEventListener('close', flow.hub.close, { signal });
  // These events cross the shadow root. Together they cover mouse, keyboard and paste.
  element.addEventListener('input', flow.hub.touched, { signal });
  element.addEventListener('click', flow.hub.touched, { signal });
  // Includes `close`: a surrounding <dialog> would handle it as its own event.
  keepEventsInside(element);
  options.slot.replaceChildren(element);
  const { baseUrl, waitingText } = options;
  const releaseWindow = prepareSignInWindow({
    ...{ baseUrl, token: session.token, waitingText },
    onBlocked: flow.hub.signInBlocked,
  });
  const releaseOverlays = keepOverlaysWith(element);
  // An error in the Hub removes all its contents, and is not reported to this page.
  const contents = new MutationObserver(() => {
    setTimeout(() => element.isConnected && !element.hasChildNodes() && flow.hub.failed(), emptyMs);
  });
  contents.observe(element, { childList: true });
  return () => {
    contents.disconnect();
    releaseOverlays();
    releaseWindow();
    removed.abort();
    element.remove();
  };
}

function handleSuccess(event: Event, onSuccess: (accountId: string) => void): void {
  const detail: unknown = event instanceof CustomEvent ? event.detail : undefined;
  if (typeof detail === 'object' && detail !== null && 'id' in detail && typeof detail.id === 'string') {
    onSuccess(detail.id);
  }
}
