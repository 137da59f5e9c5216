import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { describeInBrowser, focusedName } from '../support/browser.js';
import { startTestDemo } from '../support/demo.js';
import { type Frontend, startFrontend } from '../support/frontend.js';
import { button, waitForText } from '../support/hub-page.js';

const libraries = [
  // Makes the page inert to the pointer, and listens for Escape and presses on the document.
  'radix',
  // Makes everything outside inert, and listens for presses on the document and for the focus on the window.
  'headless',
  // Listens on its own element, and handles Tab.
  'react-modal',
  // A drawer that can be dragged.
  'vaul',
  // In the browser's top layer; a press on the backdrop closes it.
  'native',
  // Stops clicks, presses and the focus outside of an element, with and without the role of a dialog.
  'focus-trap-dialog',
  'focus-trap',
  // Takes the focus back on the body.
  'a11y-dialog',
] as const;

// The real Hub in dialogs of other libraries, which keep the user inside.
describeInBrowser('ConnectButton in a modal dialog of the page', ({ open }) => {
  let demo: Demo;
  let site: Frontend;

  beforeAll(async () => {
    demo = await startTestDemo();
    site = await startFrontend('dialogs-page.tsx', demo.url);
  });
  beforeEach(() => demo.emulator.reset());
  afterAll(async () => {
    await site.stop();
    await demo.stop();
  });

  async function visit(library: string): Promise<Page> {
    const query = new URLSearchParams({ hub: demo.emulator.url, library });
    const page = await open([site.url, demo.emulator.url], `/?${query}`);
    await button(page, 'Open settings').click();
    await button(page, 'Connect BambooHR').waitFor();
    return page;
  }

  const hubDialog = (page: Page) => page.locator('dialog.stackone-connect');
  const closings = (page: Page) => page.locator('output').textContent();

  test.each(libraries)(
    '%s: an account is linked with mouse, wheel and keyboard, and the dialog stays',
    async (library) => {
      const page = await visit(library);
      await page.setViewportSize({ width: 390, height: 300 });
      await button(page, 'Connect BambooHR').click();
      const subdomain = page.locator('input[name=subdomain]');
      await subdomain.hover();
      await page.mouse.wheel(0, 200);
      await page.waitForFunction(scrolled);
      await page.setViewportSize({ width: 1280, height: 800 });
      await subdomain.click();
      await page.keyboard.type('acme me');
      expect(await subdomain.inputValue()).toBe('acme me');
      await page.keyboard.press('Tab');
      expect(await focusedName(page)).toBe('api_key');
      await page.keyboard.type('key-123456');
      for (let presses = 0; presses < 8; presses += 1) {
        await page.keyboard.press('Tab');
        expect(['Connect BambooHR', 'Name of the company', 'Open settings']).not.toContain(await focusedName(page));
      }
      await hubDialog(page).locator('.stackone-connect-status').click();
      await button(page, 'Connect').click();
      await waitForText(page, 'bamboohr is linked');
      expect(await closings(page)).toBe('Closed 0 times');
    },
  );

  test.each(libraries)('%s: an option is chosen, and one Escape closes one dialog', async (library) => {
    const page = await visit(library);
    await button(page, 'Connect Lever').click();
    const field = page.locator('[data-malachite-dropdown-trigger]');
    const list = page.locator('[data-malachite-overlay]');
    await field.click();
    await list.waitFor();
    // A press elsewhere closes the list.
    await hubDialog(page).locator('.stackone-connect-title').click();
    await list.waitFor({ state: 'detached' });
    await field.click();
    await list.getByText('Sandbox').click();
    await list.waitFor({ state: 'detached' });
    await field.getByText('Sandbox').waitFor();
    // The click moves the focus to the dialog, and in other browsers to the body.
    await hubDialog(page).locator('.stackone-connect-status').click();
    await page.evaluate('document.activeElement?.blur()');
    await page.keyboard.press('Escape');
    await hubDialog(page).waitFor({ state: 'detached' });
    expect(await closings(page)).toBe('Closed 0 times');
    expect(await focusedName(page)).toBe('Connect Lever');
    await page.keyboard.press('Escape');
    await waitForText(page, 'Closed 1 times');
  });
});

/** Whether an element of the Hub is scrolled, also in a shadow root. */
const scrolled = `(() => {
  const elements = (root) => [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? elements(e.shadowRoot) : [])]);
  return elements(document.querySelector('dialog.stackone-connect')).some((element) => element.scrollTop > 0);
})()`;
