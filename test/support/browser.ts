import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Launches Chromium without background requests: every request to another host comes from the page. */
function launchChromium(): Promise<Browser> {
  const noBackgroundRequests = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-quic',
    '--disable-sync',
    '--no-first-run',
  ];
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', ...noBackgroundRequests],
  });
}

export interface InBrowser {
  /** Opens the path on the first origin in a new browser context. The page may only request `origins`. */
  readonly open: (origins: readonly string[], path: string, options?: BrowserContextOptions) => Promise<Page>;
  /** Call before the error occurs: allows console errors that match the pattern in this test. */
  readonly expectConsoleErrors: (pattern: RegExp) => void;
}

/**
 * A `describe` with one browser. A test fails when the console shows an error, when a page throws, or when a
 * request goes to a host that the test did not allow. Without Chromium the suite is skipped with a message, but
 * fails in CI. In CI, a test that failed runs a second time, because a busy machine can stop a browser for seconds. The
 * first failure is printed: it can be a defect all the same.
 */
export function describeInBrowser(title: string, tests: (inBrowser: InBrowser) => void): void {
  if (process.env['CI'] !== undefined) {
    jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
  }
  if (existsSync(executablePath)) {
    describe(title, () => tests(launchForSuite()));
  } else if (process.env['CI'] === undefined) {
    process.stdout.write(`No Chromium at ${executablePath} (CHROMIUM_PATH): skipped "${title}".\n`);
    describe.skip(title, () => tests(launchForSuite()));
  } else {
    test(`${title}: has a Chromium at ${executablePath}`, () => expect(existsSync(executablePath)).toBe(true));
  }
}

/**
 * `page.clock` can jump, but requests take real time: to a page that opens a stream during a jump, the token for it seems
 * to take longer than 30 seconds.
 */
const duringJumps = /no headers after 30 seconds/;

function launchForSuite(): InBrowser {
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
    const unexpected = errors.filter((error) => ![duringJumps, ...expected].some((pattern) => pattern.test(error)));
    const violations = { errors: unexpected, foreignRequests };
    [contexts, expected, errors, foreignRequests] = [[], [], [], []];
    expect(violations).toEqual({ errors: [], foreignRequests: [] });
  });
  afterAll(() => browser?.close());

  const watch = (page: Page) => {
    page.on('console', (message) => {
      if (message.type() === 'error') {
        errors.push(`${message.text()} ${message.location().url}`);
      }
    });
    page.on('pageerror', (error) => errors.push(error.message));
  };
  return {
    open: async (origins, path, options) => {
      if (browser === undefined) {
        throw new Error('The browser has not been started');
      }
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      contexts.push(context);
      context.on('page', watch);
      context.on('request', (request) => {
        const { protocol, origin, href } = new URL(request.url());
        if (/^(https?|wss?):$/.test(protocol) && !origins.includes(origin)) {
          foreignRequests.push(href);
        }
      });
      // The clock runs normally, and `page.clock` can advance it.
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

/** Color schemes and viewport widths for accessibility tests. */
export const accessibilityCases = [
  ['light', 1280],
  ['light', 390],
  ['dark', 1280],
  ['dark', 390],
] as const;

/** Violations that axe finds outside the Hub, which StackOne maintains. */
export async function accessibilityProblems(
  page: Page,
  impacts = ['minor', 'moderate', 'serious', 'critical'],
): Promise<readonly string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  return page.evaluate<
    string[]
  >(`axe.run({ exclude: ['stackone-hub', '.stackone-connect-hub', '.hub'] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => ${JSON.stringify(impacts)}.includes(impact))
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`);
}

export const seriousAccessibilityProblems = (page: Page): Promise<readonly string[]> =>
  accessibilityProblems(page, ['serious', 'critical']);

/** Dispatches the focus event of a user who returns from another window, which headless pages do not get. */
export async function focusWindow(page: Page): Promise<void> {
  await page.evaluate(`dispatchEvent(new Event('focus'))`);
}

/** The accessible name of the focused element, also inside the Hub. */
export function focusedName(page: Page): Promise<string | undefined> {
  return page.evaluate<string | undefined>(`(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.getAttribute('aria-label') ?? element?.getAttribute('name') ?? element?.textContent?.trim();
  })()`);
}

/** Number of pixels by which the page is wider than the viewport. */
export function overflowPixels(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
}
