import type { Page, Response } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { waitUntil } from './wait.js';

/** Actions on a page with the real Hub, in front of the demo's server and emulator. */

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

export const waitForText = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

export const waitForGraphqlResponse = (page: Page): Promise<Response> =>
  page.waitForResponse((response) => response.url().endsWith('/graphql'));

/** Fills in the Hub's form with credentials that the emulator accepts. */
export async function fillBambooHr(page: Page): Promise<void> {
  await page.locator('input[name=subdomain]').fill('acme');
  await page.locator('input[name=api_key]').fill('key-123456');
}

/** Links BambooHR on a page with `<connect-integrations>`. */
export async function linkBambooHr(page: Page): Promise<void> {
  await button(page, 'Connect BambooHR').click();
  await fillBambooHr(page);
  await button(page, 'Connect').click();
  await waitForText(page, 'BambooHR is connected.');
}

/** Opens the OAuth popup of the Hub. */
export async function openConsent(page: Page): Promise<Page> {
  await button(page, 'Connect').waitFor();
  const [popup] = await Promise.all([page.waitForEvent('popup'), button(page, 'Connect').click()]);
  await popup.getByRole('button', { name: 'Approve' }).waitFor();
  return popup;
}

/** Advances the clocks of the page and of StackOne. */
export async function passMinutes(page: Page, { emulator }: Demo, minutes: number): Promise<void> {
  emulator.advance(minutes * 60);
  await page.clock.fastForward(minutes * 60_000);
}

/** Advances the clocks to half a minute before the session expires, and waits for the renewed session. */
export async function waitForRenewal(page: Page, demo: Demo): Promise<void> {
  // The page reads its accounts again in that time, which is a response too.
  const response = page.waitForResponse(
    (candidate) => candidate.request().postData()?.includes('createConnectSession') === true,
  );
  await passMinutes(page, demo, 29.6);
  await (await response).finished();
}

/** How often the accounts were listed, in a history of requests to StackOne. */
export const countReads = (history: readonly { readonly path: string }[]) =>
  history.filter(({ path }) => path === '/accounts').length;

/**
 * Waits until a new page with `<connect-integrations>` has read the accounts twice: with its first query, and when its
 * stream has opened. What a test changes before that can reach the page with the second read.
 */
export async function waitForFirstReads({ emulator }: Demo): Promise<void> {
  await waitUntil(() => countReads(emulator.history) >= 2, 'two lists of accounts');
}
