import type { ConnectFlow, HubSession } from './connect-flow.js';

export interface HubElementOptions {
  /** An element that nothing else is put into. */
  readonly slot: HTMLElement;
  /** Where StackOne is, as the browser sees it: `https://api.stackone.com`, or the emulator. No slash at its end. */
  readonly baseUrl: string;
  /** Further attributes of `<stackone-hub>`, such as `theme` and `height`; asked for at each mounting. */
  readonly attributes?: () => Readonly<Record<string, string>>;
}

const loading = new Map<string, Promise<void>>();

/**
 * Loads the script of `<stackone-hub>` once: it is 1.2 MB, so do it on the first click, as a flow's `prepare`.
 * A failure is not kept.
 * @param src of `@stackone/hub/webcomponent`, served by the page's own site
 */
export function loadHub(src: string): Promise<void> {
  const known = loading.get(src);
  if (known !== undefined) return known;
  const script = document.createElement('script');
  const loaded = new Promise<void>((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      loading.delete(src);
      reject(new Error('The Hub could not be loaded'));
    };
  });
  script.src = src;
  document.head.append(script);
  loading.set(src, loaded);
  return loaded;
}

/**
 * Keeps a `<stackone-hub>` in `slot` in step with the flow: mounted while there is a session, mounted anew for
 * another token, and gone with it.
 * @returns how to detach it; the flow goes on without
 */
export function attachHub(flow: ConnectFlow, options: HubElementOptions): () => void {
  let mounted: { readonly token: string; readonly unmount: () => void } | undefined;
  const update = () => {
    const { session } = flow.getState();
    if (session?.token === mounted?.token) return;
    mounted?.unmount();
    mounted = session === null ? undefined : { token: session.token, unmount: mount(flow, session, options) };
  };
  update();
  const unsubscribe = flow.subscribe(update);
  return () => {
    unsubscribe();
    mounted?.unmount();
  };
}

function mount(flow: ConnectFlow, session: HubSession, options: HubElementOptions): () => void {
  const element = document.createElement('stackone-hub');
  const attributes = { mode: 'integration-picker', token: session.token, 'base-url': options.baseUrl };
  for (const [name, value] of Object.entries({ ...attributes, ...options.attributes?.() })) {
    element.setAttribute(name, value);
  }
  const removed = new AbortController();
  const { signal } = removed;
  element.addEventListener('success', (event) => tellSuccess(event, flow.hub.success), { signal });
  element.addEventListener(
    'close',
    (event) => {
      // It would bubble into a surrounding <dialog>, which would take it for its own.
      event.stopPropagation();
      flow.hub.close();
    },
    { signal },
  );
  // Both cross the shadow root's border, and cover the mouse, the keyboard and a paste.
  element.addEventListener('input', flow.hub.touched, { signal });
  element.addEventListener('click', flow.hub.touched, { signal });
  options.slot.replaceChildren(element);
  return () => {
    removed.abort();
    element.remove();
  };
}

function tellSuccess(event: Event, onSuccess: (accountId: string) => void): void {
  const detail: unknown = event instanceof CustomEvent ? event.detail : undefined;
  if (typeof detail === 'object' && detail !== null && 'id' in detail && typeof detail.id === 'string') {
    onSuccess(detail.id);
  }
}
