// The version that drives Firefox; newer ones do not reach the Hub's form in it.
import { type Browser, chromium, firefox, type Page } from 'playwright-core-firefox';
import { waitFor } from '../support/wait.js';
import {
  type Engine,
  type EnginePage,
  type EngineWindow,
  patienceMs,
  type RunningEngine,
  requireProgram,
} from './engine.js';

export const chromiumEngine: Engine = {
  name: 'Chromium',
  start: async () =>
    running(
      await chromium.launch({
        executablePath: requireProgram(process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', 'chromium'),
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
        ignoreDefaultArgs: ['--disable-popup-blocking'],
      }),
    ),
};

export const firefoxEngine: Engine = {
  name: 'Firefox',
  start: async () =>
    running(
      await firefox.launch({
        channel: 'moz-firefox',
        executablePath: requireProgram(process.env['FIREFOX_PATH'] ?? '/usr/bin/firefox-esr', 'firefox-esr'),
        firefoxUserPrefs: { 'dom.disable_open_during_load': true },
      }),
    ),
};

function running(browser: Browser): RunningEngine {
  return {
    open: async (url) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      context.setDefaultTimeout(patienceMs);
      const page = await context.newPage();
      await page.goto(url);
      return pageOf(page);
    },
    stop: () => browser.close(),
  };
}

function pageOf(page: Page): EnginePage {
  const popups = () =>
    page
      .context()
      .pages()
      .filter((other) => other !== page);
  return {
    ...windowOf(page),
    close: () => page.context().close(),
    frame: windowOf(page.frameLocator('iframe')),
    popupCount: async () => popups().length,
    popup: async () => {
      const popup = await waitFor(() => popups().at(-1), 'a window of the page', { timeoutMs: patienceMs });
      return { ...windowOf(popup), close: () => popup.close() };
    },
    run: (script) => page.evaluate(script),
  };
}

function windowOf(root: Pick<Page, 'getByRole' | 'getByText' | 'locator'>): EngineWindow {
  return {
    clickButton: (name) => root.getByRole('button', { name, exact: true }).click(),
    type: (field, text) => root.locator(`input[name=${field}]`).fill(text),
    waitForText: (text) => root.getByText(text).first().waitFor(),
  };
}
