import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { describeInBrowser } from '../support/browser.js';
import { startTestDemo } from '../support/demo.js';
import { type Frontend, startFrontend } from '../support/frontend.js';
import { button } from '../support/hub-page.js';

// A page that listens for every event. What the user types in the Hub is secret.
describeInBrowser('events of the Hub', ({ open }) => {
  let demo: Demo;
  let site: Frontend;

  beforeEach(async () => {
    demo = await startTestDemo();
    site = await startFrontend('watched-page.tsx', demo.url);
  });
  afterEach(async () => {
    await site.stop();
    await demo.stop();
  });

  async function visit(): Promise<Page> {
    const page = await open([site.url, demo.emulator.url], `/?${new URLSearchParams({ hub: demo.emulator.url })}`);
    await page.getByRole('heading', { name: 'Integrations' }).waitFor();
    return page;
  }

  const seen = (page: Page) => page.evaluate<string[]>('window.seen.splice(0)');

  /** Uses a field as a person does, and dispatches each kind of event at the element. */
  async function use(page: Page, field: Locator, element: Locator): Promise<void> {
    await field.click();
    await page.keyboard.type('secret ?/g');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+x');
    await page.keyboard.press('Control+v');
    await field.dblclick();
    await page.mouse.wheel(0, 10);
    for (const type of await page.evaluate<string[]>('window.nativeEvents')) {
      await element.dispatchEvent(type, { bubbles: true, composed: true });
    }
  }

  test('the watchers of the page receive every kind of event of its own fields', async () => {
    const page = await visit();
    const field = page.getByLabel('Company');
    await use(page, field, field);
    const handlers = new Set((await seen(page)).filter((entry) => entry.startsWith('around the button')));
    for (const handler of [
      'onChange',
      'onKeyDown',
      'onPaste',
      'onPointerDownCapture',
      'onDrop',
      'onFocus',
      'onSubmitCapture',
    ]) {
      expect(handlers).toContain(`around the button ${handler}`);
    }
    expect(handlers.size).toBeGreaterThan(90);
  });

  test('ConnectButton: no React ancestor and no listener of the page receives any', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    const field = page.locator('input[name=subdomain]');
    await field.waitFor();
    await page.mouse.move(640, 400);
    await seen(page);
    await use(page, field, page.locator('.stackone-connect-status'));
    expect(await seen(page)).toEqual([]);
    expect(await field.inputValue()).toBe('secret ?/g');
  });

  test('useConnect: no handler of the page receives any in the bubble phase', async () => {
    const page = await visit();
    await button(page, 'Start').click();
    const field = page.locator('input[name=client_id]');
    await field.waitFor();
    await field.hover();
    // The button of the page loses the focus.
    await field.focus();
    await seen(page);
    await use(page, field, page.locator('.stackone-connect-hub > div > *').first());
    const entries = await seen(page);
    expect(entries.filter((entry) => !entry.endsWith('Capture'))).toEqual([]);
    expect(await field.inputValue()).toBe('secret ?/g');
  });
});
