import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { BlockedSignIn } from '../../client/src/core/connect-state.js';
import { prepareSignInWindow } from '../../client/src/hub/sign-in-window.js';

const baseUrl = 'https://api.stackone.com';
const attemptsUrl = `${baseUrl}/hub/connection_attempts`;
const pageUrl = (token = 'token-1') => `${baseUrl}/connect/oauth2/slack?redirect_uri=x&token=${token}`;
const request = (token = 'token-1') => ({ method: 'POST', headers: { 'x-hub-session-token': token }, body: '{}' });

/** A window that was opened, with the members that the code uses. */
class OpenedWindow {
  closed = false;
  href = '';
  readonly document = { documentElement: { lang: '', style: {} }, body: { style: {}, textContent: '' } };
  readonly location = {
    replace: (url: string) => {
      this.href = url;
    },
  };
  readonly close = () => {
    this.closed = true;
  };
  readonly focus = jest.fn();
}

/** A page whose browser opens or blocks windows. It records what reaches its own `fetch` and `open`. */
class TestPage {
  readonly log: string[] = [];
  readonly opened: OpenedWindow[] = [];
  respond = async () => new Response('{"id":"1"}', { status: 201 });
  openWindow = (): OpenedWindow | null => new OpenedWindow();
  readonly fetch = (input: unknown, _init?: unknown): Promise<Response> => {
    this.log.push(`fetch ${input}`);
    return this.respond();
  };
  readonly open = (url: string, name: string, _features?: string): OpenedWindow | null => {
    this.log.push(`open ${url} ${name}`);
    const result = this.openWindow();
    this.opened.push(...(result === null ? [] : [result]));
    return result;
  };
  readonly window = {
    ...{ fetch: this.fetch, open: this.open },
    ...{ screenX: 0, screenY: 0, outerWidth: 1224, outerHeight: 900 },
  };
}

describe('the sign-in window of a Hub', () => {
  let page: TestPage;
  let states: (BlockedSignIn | null)[];
  const unmounts: (() => void)[] = [];
  const mount = (token = 'token-1', base = baseUrl) => {
    const onBlocked = (signIn: BlockedSignIn | null) => states.push(signIn);
    const unmount = prepareSignInWindow({ baseUrl: base, token, waitingText: 'Bitte warten', onBlocked });
    unmounts.push(unmount);
    return unmount;
  };
  /** What the Hub does on a click, in its order. */
  const openLikeHub = () => page.window.open(pageUrl(), 'Connect Account', 'width=1024');
  const connectLikeHub = async () => {
    const response = await page.window.fetch(attemptsUrl, request());
    await response.json();
    return openLikeHub();
  };

  beforeEach(() => {
    jest.useFakeTimers();
    page = new TestPage();
    states = [];
    const document = { baseURI: 'https://app.example.com/', documentElement: { lang: 'de' } };
    Object.assign(globalThis, { window: page.window, document });
  });
  afterEach(() => {
    for (const unmount of unmounts.splice(0)) {
      unmount();
    }
    jest.useRealTimers();
    for (const name of ['window', 'document']) {
      Reflect.deleteProperty(globalThis, name);
    }
  });

  it('is opened with the words before the request is sent, and gets the page of the Hub', async () => {
    const unmount = mount();
    const result = await connectLikeHub();
    expect(page.log).toEqual(['open  Connect Account', `fetch ${attemptsUrl}`]);
    const [opened] = page.opened;
    expect(result).toBe(opened);
    expect(opened?.document.body.textContent).toBe('Bitte warten');
    expect(opened?.document.documentElement.lang).toBe('de');
    expect(opened?.href).toBe(pageUrl());
    await jest.advanceTimersByTimeAsync(60_000);
    unmount();
    // Removing the Hub during the sign-in does not interrupt it.
    expect(opened?.closed).toBe(false);
    expect(states).toEqual([]);
  });

  it.each([
    ['another base URL', 'https://other.example/hub/connection_attempts', request()],
    ['another path', `${baseUrl}/hub/accounts`, request()],
    ['another token', attemptsUrl, request('token-2')],
    ['no token', attemptsUrl, { method: 'POST' }],
    ['another method', attemptsUrl, { ...request(), method: 'DELETE' }],
    ['no options', attemptsUrl, undefined],
    ['no URL', 'http://', request()],
  ])('is not opened for a request with %s', async (_name, url, init) => {
    mount();
    await page.window.fetch(url, init);
    expect(page.log).toEqual([`fetch ${url}`]);
  });

  it('is opened for a request that other code has made a `Request` of', async () => {
    mount();
    await page.window.fetch(new Request(attemptsUrl, request()));
    expect(page.log[0]).toBe('open  Connect Account');
  });

  it.each([
    ['a failed status', async () => new Response('{}', { status: 500 })],
    ['no response', () => Promise.reject(new TypeError('Failed to fetch'))],
    [
      'an incomplete response',
      async () => new Response(new ReadableStream({ start: (body) => body.error(new Error()) })),
    ],
  ])('is closed at once after %s, and the Hub gets the same result', async (_name, respond) => {
    page.respond = respond;
    mount();
    const expected = await respond().then(({ status }) => status, String);
    expect(await page.window.fetch(attemptsUrl, request()).then(({ status }) => status, String)).toBe(expected);
    await jest.advanceTimersByTimeAsync(0);
    expect(page.opened.map(({ closed }) => closed)).toEqual([true]);
  });

  it('is closed when the Hub does not use it, or is removed during the request', async () => {
    const unmount = mount();
    await page.window.fetch(attemptsUrl, request());
    await jest.advanceTimersByTimeAsync(2_000);
    expect(page.opened.map(({ closed }) => closed)).toEqual([true]);
    void page.window.fetch(attemptsUrl, request());
    unmount();
    expect(page.opened.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('of a second attempt is not closed for the first one', async () => {
    mount();
    const same = new OpenedWindow();
    page.openWindow = () => same;
    await page.window.fetch(attemptsUrl, request());
    await jest.advanceTimersByTimeAsync(1_500);
    await page.window.fetch(attemptsUrl, request());
    await jest.advanceTimersByTimeAsync(1_500);
    expect(same.closed).toBe(false);
    await jest.advanceTimersByTimeAsync(1_500);
    expect(same.closed).toBe(true);
  });

  it('is used again while it shows a page of another origin, from an earlier attempt', async () => {
    mount();
    const foreign = Object.defineProperty(new OpenedWindow(), 'document', {
      get: () => {
        throw new DOMException('Blocked a frame', 'SecurityError');
      },
    });
    page.openWindow = () => foreign;
    expect(await connectLikeHub()).toBe(foreign);
    expect(foreign.href).toBe(pageUrl());
  });

  it('is opened again when the user has closed it meanwhile', async () => {
    mount();
    const response = page.window.fetch(attemptsUrl, request());
    page.opened[0]?.close();
    await response;
    const result = openLikeHub();
    expect(result).toBe(page.opened[1]);
    expect(page.log.at(-1)).toBe(`open ${pageUrl()} Connect Account`);
  });

  it('leaves windows of other code to the page', () => {
    mount();
    const urls = ['https://help.example.com/', `${baseUrl}/docs`, pageUrl('token-2'), ''];
    for (const url of urls) {
      expect(page.window.open(url, 'Help')).toBe(page.opened.at(-1));
      expect(page.log.at(-1)).toBe(`open ${url} Help`);
    }
    page.openWindow = () => null;
    expect(urls.map((url) => page.window.open(url, 'Help'))).toEqual(urls.map(() => null));
    expect(states).toEqual([]);
  });

  it('reports a blocked window, which the user can open, and the Hub waits for it', async () => {
    mount();
    page.openWindow = () => null;
    const standIn = await connectLikeHub();
    expect(standIn).toMatchObject({ closed: false });
    standIn?.focus();
    expect(states).toEqual([expect.objectContaining({ state: 'blocked' })]);
    // Blocked again.
    states[0]?.continue();
    expect(states).toHaveLength(1);
    page.openWindow = () => new OpenedWindow();
    states[0]?.continue();
    expect(states.slice(1)).toEqual([null]);
    expect(page.log.at(-1)).toBe(`open ${pageUrl()} Connect Account`);
    standIn?.focus();
    expect(page.opened[0]?.focus).toHaveBeenCalledTimes(1);
    page.opened[0]?.close();
    expect(standIn).toMatchObject({ closed: true });
  });

  it('is no longer reported as blocked when the Hub ends the attempt, and when it is removed', async () => {
    const unmount = mount();
    page.openWindow = () => null;
    const standIn = await connectLikeHub();
    standIn?.close();
    expect(standIn).toMatchObject({ closed: true });
    expect(states.slice(1)).toEqual([null]);
    await connectLikeHub();
    unmount();
    expect(states.slice(2)).toEqual([expect.objectContaining({ state: 'blocked' }), null]);
    page.openWindow = () => new OpenedWindow();
    await connectLikeHub();
    expect(states).toHaveLength(4);
  });

  it('belongs to the Hub with the token, and the functions of the page are restored with the last Hub', async () => {
    const { fetch, open } = page;
    const [unmountFirst, unmountSecond] = [mount('token-1'), mount('token-2', `${baseUrl}/eu`)];
    unmountFirst();
    unmountFirst();
    await page.window.fetch(attemptsUrl, request());
    expect(page.opened).toEqual([]);
    await page.window.fetch(`${baseUrl}/eu/hub/connection_attempts`, request('token-2'));
    expect(page.opened).toHaveLength(1);
    expect(page.window.fetch).not.toBe(fetch);
    unmountSecond();
    expect(page.window).toMatchObject({ fetch, open });
    const unmountThird = mount('token-3');
    unmountSecond();
    const unmountFourth = mount('token-4');
    unmountThird();
    unmountFourth();
    expect(page.window).toMatchObject({ fetch, open });
  });

  it('keeps the functions that other code has put in front, and does nothing in them without a Hub', async () => {
    const unmount = mount();
    const inner = page.window.fetch;
    const outer: typeof inner = (input, init) => {
      page.log.push('outer');
      return inner(input, init);
    };
    page.window.fetch = outer;
    unmount();
    expect(page.window.fetch).toBe(outer);
    await page.window.fetch(attemptsUrl, request());
    expect(page.log).toEqual(['outer', `fetch ${attemptsUrl}`]);
    // The next Hub opens one window, not two.
    const unmountNext = mount();
    await page.window.fetch(attemptsUrl, request());
    expect(page.opened).toHaveLength(1);
    unmountNext();
    expect(page.window.fetch).toBe(outer);
  });
});
