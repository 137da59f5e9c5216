import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { describeInBrowser, focusedName, seriousAccessibilityProblems } from '../support/browser.js';
import { startTestDemo, tenantOwner } from '../support/demo.js';
import { startFrontend } from '../support/frontend.js';
import { button, fillBambooHr, waitForText } from '../support/hub-page.js';
import { waitUntil } from '../support/wait.js';

// Pages with a theme or a content security policy of their own.
describeInBrowser('the dialog of ConnectButton', ({ open, expectConsoleErrors }) => {
  let demo: Demo;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    demo = await startTestDemo();
    stop = async () => {};
  });
  afterEach(async () => {
    await stop();
    await demo.stop();
  });

  interface PageOptions {
    readonly css?: string;
    readonly theme?: string;
    readonly system?: 'light' | 'dark';
    readonly policy?: (policy: string) => string;
  }

  async function visit({ css = '', theme, system = 'light', policy }: PageOptions): Promise<Page> {
    const site = await startFrontend('react-page.tsx', demo.url, policy);
    stop = site.stop;
    const query = new URLSearchParams({ hub: demo.emulator.url, ...(theme !== undefined && { theme }) });
    const page = await open([site.url, demo.emulator.url], `/?${query}`, { colorScheme: system });
    await page.getByRole('heading', { name: 'Integrations' }).waitFor();
    if (css !== '') {
      await page.addStyleTag({ content: css });
    }
    return page;
  }

  /** The brightness of a computed color, from 0 to 255. */
  const brightness = (page: Page, element: string, property: string) =>
    page.evaluate<number>(`Number(getComputedStyle(${element})['${property}'].match(/\\d+/)[0])`);
  const dialog = `document.querySelector('dialog.stackone-connect')`;
  const hubLabel = `document.querySelector('.stackone-connect-hub > div > div').shadowRoot.querySelector('label')`;

  /** Rules of a page for the elements that a dialog could consist of. */
  const elementRules = 'body h1, body h2, body h3, body p, button, label, input, dialog { color: #808080 }';

  test.each([
    ['a light page in a dark system', { system: 'dark' }, 'light'],
    ['a dark page in a light system', { css: ':root { color-scheme: dark }' }, 'dark'],
    ['a page that follows the system', { css: ':root { color-scheme: light dark }', system: 'dark' }, 'dark'],
    ['the theme `light` on a dark page', { css: ':root { color-scheme: dark }', theme: 'light' }, 'light'],
    ['the theme `dark` on a light page', { theme: 'dark' }, 'dark'],
  ] as const)('has the colors of %s, for the Hub as well', async (_page, options, expected) => {
    const css = `${'css' in options ? options.css : ''} ${elementRules}`;
    const page = await visit({ ...options, css });
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    const isDark = expected === 'dark';
    expect((await brightness(page, dialog, 'backgroundColor')) < 128).toBe(isDark);
    expect((await brightness(page, hubLabel, 'color')) > 128).toBe(isDark);
    for (const part of ['title', 'close', 'status']) {
      const color = await brightness(page, `${dialog}.querySelector('.stackone-connect-${part}')`, 'color');
      expect([part, color]).toEqual([part, isDark ? 255 : 0]);
    }
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
  });

  test('follows a theme that changes while it is open, with the Hub, and keeps what the user has typed', async () => {
    const page = await visit({ theme: 'light' });
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    expect((await brightness(page, hubLabel, 'color')) > 128).toBe(false);
    await page.evaluate(`dispatchEvent(new Event('go-dark'))`);
    await waitUntil(async () => (await brightness(page, hubLabel, 'color')) > 128, 'a dark Hub');
    expect((await brightness(page, dialog, 'backgroundColor')) < 128).toBe(true);
    expect(await page.locator('input[name=subdomain]').inputValue()).toBe('acme');
  });

  test('has its own colors for the choice of accounts and for failures', async () => {
    demo.emulator.addAccount({ provider: 'bamboohr', ...tenantOwner(), label: 'Berlin office' });
    const page = await visit({ css: `:root { color-scheme: dark } ${elementRules}` });
    await button(page, 'Connect BambooHR').click();
    await waitForText(page, 'There is a connection already');
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await button(page, 'Connect an unknown provider').click();
    await page.getByRole('alert').waitFor();
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
  });

  test('needs nothing of a content security policy, and the Hub needs inline styles and no inline scripts', async () => {
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      'font-src data:',
      `img-src data: ${demo.emulator.url}`,
      `connect-src 'self' ${demo.emulator.url}`,
    ];
    const page = await visit({ policy: () => policy.join('; ') });
    await button(page, 'Connect BambooHR').click();
    await fillBambooHr(page);
    await button(page, 'Connect').click();
    await waitForText(page, 'BambooHR is linked: ACTIVE');
  });

  test('has its style on a page that forbids inline styles', async () => {
    // The styles of the Hub.
    expectConsoleErrors(/inline style/);
    const page = await visit({ policy: (policy) => policy.replace(" 'unsafe-inline'", '') });
    await button(page, 'Connect an unknown provider').click();
    await page.getByRole('alert').waitFor();
    const display = await page.evaluate(`getComputedStyle(${dialog}).display`);
    expect(display).toBe('grid');
    await button(page, 'Close').click();
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(await focusedName(page)).toBe('Connect BambooHR');
  });

  test('has its style, with the nonce of the provider, in a browser without adopted style sheets', async () => {
    const page = await visit({ policy: (policy) => policy.replace("'unsafe-inline'", "'nonce-r4nd0m'") });
    await page.evaluate('delete Document.prototype.adoptedStyleSheets');
    await button(page, 'Connect an unknown provider').click();
    await page.getByRole('alert').waitFor();
    expect(await page.evaluate(`getComputedStyle(${dialog}).display`)).toBe('grid');
  });
});
