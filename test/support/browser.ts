import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

export const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Chromium with nothing that calls home: any request to a foreign host is the page's own. */
export function launchChromium(): Promise<Browser> {
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-quic',
    '--disable-sync',
    '--no-first-run',
  ];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}

export interface InBrowser {
  /** A page in a context of its own. What it requests must be of `origins`, the first of which it opens. */
  readonly open: (origins: readonly string[], path: string, options?: BrowserContextOptions) => Promise<Page>;
  /** Before it happens: an error in the console that belongs to this test. */
  readonly expectConsoleErrors: (pattern: RegExp) => void;
}

/**
 * A `describe` with one browser. Each test fails when the console shows an error or a page throws, and when
 * a request goes to any host but those that the test has named. Without Chromium it is skipped with one line,
 * but on CI that is a failure: a suite that quietly tests nothing would look green.
 */
export function describeInBrowser(title: string, tests: (inBrowser: InBrowser) => void): void {
  if (existsSync(executablePath)) {
    describe(title, () => tests(useBrowser()));
  } else if (process.env['CI'] === undefined) {
    process.stdout.write(`No Chromium at ${executablePath} (CHROMIUM_PATH): skipped "${title}".\n`);
    describe.skip(title, () => tests(useBrowser()));
  } else {
    test(`${title}: has a Chromium at ${executablePath}`, () =>
      expect(existsSync(executablePath)).toBe(true));
  }
}

function useBrowser(): InBrowser {
  let browser: Browser | undefined;
  let contexts: BrowserContext[] = [];
  let expected: RegExp[] = [];
  let errors: string[] = [];
  let foreignRequests: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    const unexpected = errors.filter((error) => !expected.some((pattern) => pattern.test(error)));
    const found = { errors: unexpected, foreignRequests };
    [contexts, expected, errors, foreignRequests] = [[], [], [], []];
    expect(found).toEqual({ errors: [], foreignRequests: [] });
  });
  afterAll(() => browser?.close());

  const watch = (page: Page) => {
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => errors.push(error.message));
  };
  return {
    open: async (origins, path, options) => {
      if (browser === undefined) throw new Error('The browser has not been started');
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      contexts.push(context);
      context.on('page', watch);
      context.on('request', (request) => {
        const { protocol, origin, href } = new URL(request.url());
        if (/^(https?|wss?):$/.test(protocol) && !origins.includes(origin)) foreignRequests.push(href);
      });
      // Time goes on as ever, and `page.clock` can push it.
      await context.clock.install();
      const page = await context.newPage();
      await page.goto(`${origins[0]}${path}`);
      return page;
    },
    expectConsoleErrors: (pattern) => {
      expected.push(pattern);
    },
  };
}

/** What axe finds serious or critical. The Hub is StackOne's own, and left out. */
export async function seriousAccessibilityProblems(page: Page): Promise<readonly string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  return page.evaluate<
    string[]
  >(`axe.run({ exclude: ['stackone-hub', '.stackone-connect-hub', '.hub'] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`);
}

/** As when the person comes back from another window. Pages without a screen never lose the focus by themselves. */
export async function focusWindow(page: Page): Promise<void> {
  await page.evaluate(`dispatchEvent(new Event('focus'))`);
}

/** The name of the element with the focus, also inside the Hub. */
export function focusedName(page: Page): Promise<string | undefined> {
  return page.evaluate<string | undefined>(`(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.getAttribute('aria-label') ?? element?.getAttribute('name') ?? element?.textContent?.trim();
  })()`);
}

/** How far the page is wider than the screen. */
export function overflowPixels(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
}
