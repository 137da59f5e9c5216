import { waitFor, waitUntil } from '../support/wait.js';
import { type EnginePopup, type EngineWindow, patienceMs } from './engine.js';

/** A window over the W3C WebDriver protocol. */
export interface DriverWindow extends EnginePopup {
  readonly handle: string;
  readonly frame: EngineWindow;
  readonly navigate: (url: string) => Promise<void>;
  readonly run: (script: string) => Promise<unknown>;
}

export interface DriverSession {
  readonly currentWindow: () => Promise<DriverWindow>;
  readonly windows: () => Promise<readonly DriverWindow[]>;
  /** Ends the browser. */
  readonly end: () => Promise<void>;
}

/** Sends one command. @throws Error with the message of the driver */
type Send = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>;

export async function createDriverSession(driverUrl: string, browserPath: string): Promise<DriverSession> {
  const browserOptions = { binary: browserPath, args: ['--automation'] };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } };
  const created = await sendTo(driverUrl)('POST', '/session', { capabilities });
  const sessionUrl = `${driverUrl}/session/${textOf(created, 'sessionId')}`;
  const send = sendTo(sessionUrl);
  return {
    currentWindow: async () => windowOf(send, String(await send('GET', '/window'))),
    windows: async () => {
      const handles = await send('GET', '/window/handles');
      return Array.isArray(handles) ? handles.map((handle) => windowOf(send, String(handle))) : [];
    },
    end: async () => {
      await send('DELETE', '');
    },
  };
}

const sendTo =
  (url: string): Send =>
  async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      signal: AbortSignal.timeout(patienceMs),
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    }).catch((cause: unknown) => {
      throw new Error(`${method} ${path} ${JSON.stringify(body)}: no response of the driver`, { cause });
    });
    const result: unknown = await response.json();
    const value = typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined;
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${textOf(value, 'message')}`);
    }
    return value;
  };

function textOf(value: unknown, key: string): string {
  const record: Record<string, unknown> = { ...(typeof value === 'object' && value) };
  return String(record[key]);
}

function windowOf(send: Send, handle: string): DriverWindow {
  const enter = async (isFrame: boolean) => {
    await send('POST', '/window', { handle });
    await send('POST', '/frame', { id: null });
    if (isFrame) {
      const entered = () =>
        send('POST', '/frame', { id: 0 }).then(
          () => true,
          () => false,
        );
      await waitUntil(entered, 'a frame in the page', waiting);
    }
  };
  const inFrame = (isFrame: boolean): EngineWindow => {
    const evaluate = async (script: string) => {
      await enter(isFrame);
      return send('POST', '/execute/sync', { script: `${finders} return ${script}`, args: [] });
    };
    /** Waits until the element rests, and clicks in its middle. WebKit counts from the corner of the page, also in a frame. */
    const click = async (finder: string) => {
      let last: string | undefined;
      const findAtRest = async () => {
        const point = parsePoint(await evaluate(`middleOf(${finder})`));
        const isAtRest = point?.join() === last;
        last = point?.join();
        return isAtRest ? point : undefined;
      };
      const [x, y] = await waitFor(findAtRest, `${finder} in window ${handle}`, waiting);
      await enter(false);
      const corner = isFrame ? await send('POST', '/execute/sync', { script: frameCorner, args: [] }) : [0, 0];
      const [left, top] = parsePoint(corner) ?? [0, 0];
      await send('POST', '/actions', { actions: [clickAt([left + x, top + y])] });
    };
    return {
      clickButton: (name) => click(`findButton(${JSON.stringify(name)})`),
      type: async (field, text) => {
        await click(`findField(${JSON.stringify(field)})`);
        await send('POST', '/actions', { actions: [typing(text)] });
      },
      waitForText: async (text) => {
        const script = `allText().includes(${JSON.stringify(text)}) || null`;
        await waitFor(async () => (await evaluate(script)) ?? undefined, `the text "${text}"`, waiting);
      },
    };
  };
  return {
    handle,
    ...inFrame(false),
    frame: inFrame(true),
    run: async (script) => {
      await enter(false);
      return send('POST', '/execute/sync', { script, args: [] });
    },
    navigate: async (url) => {
      await enter(false);
      await send('POST', '/url', { url });
    },
    close: async () => {
      await enter(false);
      await send('DELETE', '/window');
    },
  };
}

const waiting = { timeoutMs: patienceMs, intervalMs: 100 };

/** Functions in the page. Elements of closed dialogs have no boxes. */
const finders = `
const all = (root) => [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
const isShown = (e) => e.getClientRects().length > 0 && !e.disabled && !e.closest('[inert]');
const nameOf = (e) => (e.getAttribute('aria-label') ?? e.textContent).trim();
const findButton = (name) => all(document).find((e) => e.localName === 'button' && nameOf(e) === name && isShown(e));
const findField = (name) => all(document).find((e) => e.localName === 'input' && e.name === name && isShown(e));
const middleOf = (e) => {
  if (e === undefined) return null;
  e.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { x, y, width, height } = e.getBoundingClientRect();
  return [Math.round(x + width / 2), Math.round(y + height / 2)];
};
const allText = () => [document.body, ...all(document).flatMap((e) => [...(e.shadowRoot?.children ?? [])])]
  .filter((e) => e.localName !== 'style').map((e) => e.innerText).join('\\n');
`;

const frameCorner = `const { x, y } = document.querySelector('iframe').getBoundingClientRect();
return [Math.round(x), Math.round(y)];`;

function parsePoint(value: unknown): readonly [number, number] | undefined {
  return Array.isArray(value) ? [Number(value[0]), Number(value[1])] : undefined;
}

const clickAt = ([x, y]: readonly [number, number]) => ({
  type: 'pointer',
  id: 'mouse',
  parameters: { pointerType: 'mouse' },
  actions: [
    { type: 'pointerMove', duration: 0, x, y, origin: 'viewport' },
    { type: 'pointerDown', button: 0 },
    { type: 'pointerUp', button: 0 },
  ],
});

const typing = (text: string) => ({
  type: 'key',
  id: 'keyboard',
  actions: [...text].flatMap((value) => [
    { type: 'keyDown', value },
    { type: 'keyUp', value },
  ]),
});
