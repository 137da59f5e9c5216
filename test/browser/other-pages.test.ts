import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { describeInBrowser, focusedName, overflowPixels } from '../support/browser.js';
import { startTestDemo, tenantOwner } from '../support/demo.js';
import { type Frontend, startFrontend } from '../support/frontend.js';
import { button, linkBambooHr, waitForText } from '../support/hub-page.js';
import { waitUntil } from '../support/wait.js';

// <connect-integrations> on pages with rules, directions and policies of their own, and while the page or a list changes.
describeInBrowser('connect-integrations on other pages', ({ open, expectConsoleErrors }) => {
  let demo: Demo;
  let site: Frontend | undefined;

  beforeAll(async () => {
    demo = await startTestDemo();
  });
  beforeEach(() => {
    demo.emulator.reset();
    demo.emulator.addAccount({ provider: 'greenhouse', ...tenantOwner(), label: 'Recruiting' });
    demo.emulator.addAccount({ provider: 'hubspot', ...tenantOwner(), status: 'error' });
    demo.emulator.addAccount({ provider: 'slack', ...tenantOwner(), status: 'inactive' });
  });
  afterAll(async () => {
    await site?.stop();
    await demo.stop();
  });

  async function visit(path = '/', options?: BrowserContextOptions): Promise<Page> {
    const page = await open([demo.url, demo.emulator.url], path, options);
    await page.locator('.stackone-connect-account').nth(2).waitFor();
    return page;
  }

  const element = (page: Page) => page.locator('connect-integrations');
  const breakAccount = (provider: string) => {
    const account = demo.emulator.accounts().find((candidate) => candidate.provider === provider);
    demo.emulator.updateAccount(account?.id ?? '', { status: 'error' });
  };

  /** Rules for elements, and those for types of buttons and fields of Tailwind 3 and its forms. */
  const pageRules = `
    button, [type=button], [type=submit] { background: transparent; text-transform: uppercase; width: 100%; float: left }
    [type=search], input { background: #fff; padding: 1px; border-radius: 0; border-color: red }
    input { height: 70px; color: red }
    h2, h3, p, b, i, bdi, span, label, ul, li, section, fieldset, form, svg, img, div {
      margin: 7px; padding: 7px; border: 3px solid red; background: yellow; text-indent: 9px; letter-spacing: 3px;
      width: 90%; box-shadow: 0 0 9px red; text-transform: uppercase; font-style: italic;
    }
    main section { padding: 9px } ul li { margin: 9px; list-style: square }
    dialog { padding: 9px; border: 9px solid red; min-width: 100%; min-height: 100%; opacity: 0.5; gap: 9px }`;

  test('rules of the page for elements, and for types of buttons and fields, change no part of the page and dialogs', async () => {
    const page = await visit();
    const compare = async (root: string) => {
      const remember = (name: string) =>
        page.evaluate(`window.${name} = [...document.querySelectorAll('${root}, ${root} *')]
          .filter((node) => node.localName !== 'path')
          .map((node) => {
            const style = getComputedStyle(node);
            return [node, Object.fromEntries([...style].map((key) => [key, style[key]]))];
          })`);
      await remember('before');
      const rules = await page.addStyleTag({ content: pageRules });
      await remember('after');
      const changes = await page.evaluate<string[]>(`after.flatMap(([node, style], index) => Object.keys(style)
        .filter((key) => style[key] !== before[index][1][key])
        .map((key) => [node.localName, node.className, key, before[index][1][key], style[key]].join(' | ')))`);
      expect(changes.slice(0, 12)).toEqual([]);
      await rules.evaluate((node) => node.parentNode?.removeChild(node));
    };
    await compare('connect-integrations');
    await button(page, 'Disconnect: HubSpot').click();
    await page.getByRole('alertdialog').waitFor();
    await compare('dialog.stackone-connect');
    await page.keyboard.press('Escape');
    await button(page, 'Add another: Greenhouse').click();
    await page.locator('dialog input[name=label]').waitFor();
    await compare('dialog.stackone-connect');
  });

  test('a form around the page is sent neither by its buttons nor by Enter in the search, and has none of its fields', async () => {
    const page = await visit();
    await page.evaluate(`{
      const form = document.createElement('form');
      form.action = '/sent';
      document.querySelector('main').append(form);
      form.append(document.querySelector('connect-integrations'));
    }`);
    await button(page, 'Disconnect: HubSpot').click();
    await button(page, 'Cancel').click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await page.getByRole('searchbox').press('Enter');
    expect(await page.evaluate(`[...new FormData(document.querySelector('form')).keys()]`)).toEqual([]);
    expect(new URL(page.url()).pathname).toBe('/');
  });

  test('a theme that changes while a dialog is open applies to the dialog and the Hub, and keeps what the user has typed', async () => {
    const page = await visit();
    await button(page, 'Connect BambooHR').click();
    const subdomain = page.locator('input[name=subdomain]');
    await subdomain.fill('acme');
    const shownThemes = () =>
      page.evaluate(`[getComputedStyle(document.querySelector('dialog')).colorScheme,
        document.querySelector('stackone-hub').getAttribute('theme')]`);
    const change = (theme: string) =>
      page.evaluate(`document.querySelector('connect-integrations').theme = '${theme}'`);
    await change('dark');
    expect(await shownThemes()).toEqual(['dark', 'dark']);
    expect(await subdomain.inputValue()).toBe('acme');
    await page.evaluate(`document.documentElement.style.colorScheme = 'light'`);
    await change('auto');
    expect(await shownThemes()).toEqual(['light', 'light']);
  });

  test('keeps a `color-scheme` that the page has set in its attribute `style`', async () => {
    const page = await visit();
    const colorScheme = () => page.evaluate(`document.querySelector('connect-integrations').style.colorScheme`);
    await page.evaluate(`document.querySelector('connect-integrations').style.colorScheme = 'dark'`);
    await page.getByRole('searchbox').fill('bam');
    await element(page).getByText('1 integration', { exact: true }).waitFor();
    expect(await colorScheme()).toBe('dark');
  });

  test('a copy of the element, as caches of pages make it, shows everything once', async () => {
    const page = await visit();
    await page.evaluate(`{
      const original = document.querySelector('connect-integrations');
      const copy = original.cloneNode(true);
      copy.client = original.client;
      original.replaceWith(copy);
    }`);
    await element(page).getByRole('status').getByText('integrations').waitFor();
    expect(await element(page).getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      ...['Your connections', 'All integrations'],
    ]);
  });

  test('its dialogs look the same in a dialog of the page', async () => {
    const page = await visit();
    const readSizes = async () => {
      await button(page, 'Add another: Greenhouse').click();
      await page.locator('input[name=label]').waitFor();
      const sizes = await page.evaluate<string[]>(`
        [...document.querySelectorAll('.stackone-connect :is(button, input, label, form)')].map((part) => {
          const { width, height } = part.getBoundingClientRect();
          return [part.textContent.trim(), width, height, getComputedStyle(part).fontSize].join();
        })`);
      await page.keyboard.press('Escape');
      await page.locator('input[name=label]').waitFor({ state: 'detached' });
      return sizes;
    };
    const sizes = await readSizes();
    await page.evaluate(`{
      const dialog = document.createElement('dialog');
      document.body.append(dialog);
      dialog.append(document.querySelector('connect-integrations'));
      dialog.showModal();
    }`);
    expect(await readSizes()).toEqual(sizes);
  });

  test('returns the focus to the button of a dialog, also in a browser such as Safari, which does not focus a clicked button', async () => {
    const page = await visit();
    await page.evaluate(`addEventListener('mousedown', (event) => {
      event.preventDefault();
      event.target.closest('[tabindex]').focus({ preventScroll: true });
    })`);
    await button(page, 'Connect Workday').click();
    await page.locator('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('Connect Workday');
  });

  test('the title of a first connection stays the same when the list already has the account', async () => {
    const page = await visit();
    await page.evaluate(`{
      window.titles = new Set();
      const remember = () => titles.add(document.querySelector('dialog [role=heading]')?.textContent);
      new MutationObserver(remember).observe(document.body, { subtree: true, childList: true, characterData: true });
    }`);
    await linkBambooHr(page);
    expect(await page.evaluate('[...titles].filter(Boolean)')).toEqual(['Connect BambooHR']);
  });

  test('texts have the direction of their language, on a page with the other direction as well', async () => {
    const page = await visit();
    const directions = () =>
      page.evaluate(`['connect-integrations h2', 'dialog div'].map((selector) =>
        getComputedStyle(document.querySelector(selector)).direction)`);
    await page.evaluate(`document.documentElement.dir = 'rtl'`);
    await button(page, 'Disconnect: HubSpot').click();
    await page.getByRole('alertdialog').waitFor();
    expect(await directions()).toEqual(['ltr', 'ltr']);
    // The texts of an open dialog are those of the page.
    await page.evaluate(`document.querySelector('connect-integrations').labels = { language: 'ar', cancel: 'إلغاء' }`);
    await button(page, 'إلغاء').waitFor();
    expect(await directions()).toEqual(['rtl', 'rtl']);
    const padding = `getComputedStyle(document.querySelector('input[type=search]')).paddingRight`;
    expect(await page.evaluate(`Number.parseFloat(${padding})`)).toBeGreaterThan(30);
  });

  test.each([
    ['a centered column', '', 'display: flex; flex-direction: column; align-items: center'],
    ['a page in Vite’s template', 'display: flex; place-items: center', 'margin: 0 auto; padding: 2rem'],
  ])('has a width in %s, and is no wider than the window', async (_layout, body, main) => {
    const page = await visit();
    await page.evaluate(`document.body.style.cssText = '${body}'; document.querySelector('main').style.cssText = '${main}';
      for (const part of document.querySelectorAll('aside, header, footer')) part.remove()`);
    expect((await element(page).boundingBox())?.width).toBeGreaterThan(900);
    await page.setViewportSize({ width: 360, height: 800 });
    expect((await element(page).boundingBox())?.width).toBeGreaterThan(240);
    expect(await overflowPixels(page)).toBe(0);
  });

  test('a question with a long name can be answered at 400 % zoom', async () => {
    demo.emulator.addAccount({ provider: 'jira', ...tenantOwner(), label: 'long '.repeat(40) });
    const page = await visit('/', { viewport: { width: 320, height: 200 } });
    await page.getByRole('button', { name: /^Disconnect: Jira/ }).click();
    const answer = page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect', exact: true });
    await answer.waitFor();
    await page.mouse.move(160, 100);
    await page.mouse.wheel(0, 5_000);
    const bottom = async () => {
      const { y = 0, height = 0 } = (await answer.boundingBox()) ?? {};
      return y + height;
    };
    await waitUntil(async () => (await bottom()) <= 200, 'the answer in the window');
  });

  test('keeps its state and an open dialog when it is moved', async () => {
    const page = await visit();
    await page.getByRole('searchbox').fill('bam');
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await page.evaluate(`document.body.append(document.querySelector('connect-integrations'))`);
    expect(await page.locator('input[name=subdomain]').inputValue()).toBe('acme');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('searchbox').inputValue()).toBe('bam');
  });

  test('keeps the focus when the first read is tried again', async () => {
    expectConsoleErrors(/ERR_FAILED/);
    const page = await visit();
    const hasFocus = () =>
      page.evaluate(`document.querySelector('connect-integrations').contains(document.activeElement)`);
    await page.route('**/graphql', (route) => route.abort());
    await page.reload();
    await button(page, 'Try again').press('Enter');
    await button(page, 'Try again').waitFor();
    expect(await hasFocus()).toBe(true);
    await page.unroute('**/graphql');
    await button(page, 'Try again').press('Enter');
    await element(page).getByRole('heading', { name: 'Your connections' }).waitFor();
    expect(await hasFocus()).toBe(true);
  });

  test('returns the focus to the account of a dialog when the list changed behind it', async () => {
    const page = await visit();
    await button(page, 'Disconnect: Greenhouse “Recruiting”').press('Enter');
    await page.getByRole('alertdialog').waitFor();
    breakAccount('slack');
    await page.locator('.stackone-connect-account').nth(1).getByText('Not working').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('Greenhouse “Recruiting”');
  });

  test('a card of the catalog shows the state of accounts that do not work, and counts those that do', async () => {
    demo.emulator.addAccount({ provider: 'slack', ...tenantOwner(), label: 'B' });
    demo.emulator.addAccount({ provider: 'jira', ...tenantOwner(), status: 'suspended' });
    demo.emulator.addAccount({ provider: 'lever', ...tenantOwner(), status: 'expired' });
    demo.emulator.addAccount({ provider: 'lever', ...tenantOwner() });
    const page = await visit();
    const state = async (name: string) => {
      const card = page.locator('.stackone-connect-card').filter({ has: page.getByText(name, { exact: true }) });
      return [await card.locator('.stackone-connect-state').innerText(), await card.locator('p svg').count()];
    };
    expect(await state('Slack')).toEqual(['1 connected', 1]);
    expect(await state('Jira')).toEqual(['Paused', 0]);
    expect(await state('Lever')).toEqual(['Sign-in expired', 1]);
    expect(await state('HubSpot')).toEqual(['Not working', 1]);
  });

  test('a removal dialog that was closed and opened again meanwhile is closed by the removal', async () => {
    const page = await visit();
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('deleteLinkedAccount') === true) {
        await released;
      }
      await route.continue();
    });
    await button(page, 'Disconnect: HubSpot').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect', exact: true }).click();
    await page.keyboard.press('Escape');
    await button(page, 'Disconnect: HubSpot').click();
    await page.getByRole('alertdialog').waitFor();
    release();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await waitForText(page, 'HubSpot is disconnected.');
  });

  test('Escape closes an open list of the Hub, and keeps the dialog and what the user has typed', async () => {
    const page = await visit();
    await button(page, 'Connect Lever').click();
    await page.locator('input[name=api_key]').fill('key-123456');
    await page.locator('[data-malachite-dropdown-trigger]').click();
    const list = page.locator('[data-malachite-overlay]');
    await list.waitFor();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    expect(await page.locator('input[name=api_key]').inputValue()).toBe('key-123456');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
  });

  test('works with Trusted Types: the policy `lit-html`, and the Hub from `loadHub`', async () => {
    // zod, which the Hub uses, tries whether it may compile code.
    expectConsoleErrors(/TrustedScript' assignment/);
    site = await startFrontend(
      'integrations-page.tsx',
      demo.url,
      (policy) => `${policy}; require-trusted-types-for 'script'; trusted-types lit-html`,
    );
    const page = await open([site.url, demo.emulator.url], `/?${new URLSearchParams({ hub: demo.emulator.url })}`);
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
    await button(page, 'Connect').click();
    await waitForText(page, 'linked bamboohr');
  });
});
