/** StackOne's Hub, which is a custom element: how it gets onto the page and what it tells. */
export interface HubOptions {
  readonly token: string;
  readonly baseUrl: string;
  /** The Hub says that an account is connected. A hint: it also says so when StackOne has refused. */
  readonly onSuccess: (accountId: string) => void;
  /** The person has pressed the Hub's own button to close it. It has one after a success only. */
  readonly onClose: () => void;
  /** The person has done something in it that a new Hub would not know of. */
  readonly onTouched: () => void;
}

let loading: Promise<void> | undefined;

/** Loads the script once, when it is first needed: it is 1.2 MB. A failure is not kept. */
export function loadHub(): Promise<void> {
  loading ??= new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = new URL('hub.js', import.meta.url).href;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      loading = undefined;
      reject(new Error('The Hub could not be loaded'));
    };
    document.head.append(script);
  });
  return loading;
}

/**
 * Puts a Hub into `slot`, in place of any that is there. A new token always means a new element: given to one
 * that is mounted, it would fetch nothing.
 * @returns how to take it away
 */
export function mountHub(slot: HTMLElement, options: HubOptions): () => void {
  const element = document.createElement('stackone-hub');
  element.setAttribute('mode', 'integration-picker');
  element.setAttribute('token', options.token);
  element.setAttribute('base-url', options.baseUrl);
  // As high as its place in the dialog: a percentage would count from an element inside, which has no height.
  element.setAttribute('height', '100cqh');
  element.setAttribute('on-close-label', 'Done');
  const removed = new AbortController();
  const { signal } = removed;
  element.addEventListener('success', (event) => tellSuccess(event, options.onSuccess), { signal });
  element.addEventListener('close', () => options.onClose(), { signal });
  // Both cross the shadow root's border, and cover the mouse, the keyboard and a paste.
  element.addEventListener('input', () => options.onTouched(), { signal });
  element.addEventListener('click', () => options.onTouched(), { signal });
  followTheme(element, signal);
  slot.replaceChildren(element);
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

/** Unlike `token`, the theme may be changed in place: what the person has typed stays. */
function followTheme(element: HTMLElement, signal: AbortSignal): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => element.setAttribute('theme', dark.matches ? 'dark' : 'light');
  apply();
  dark.addEventListener('change', apply, { signal });
}
