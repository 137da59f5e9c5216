import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { overflowPixels, seriousAccessibilityProblems } from './browser.js';
import { button } from './hub-page.js';

/**
 * A test of the page of an example, and of its dialog with the Hub.
 * @param visit opens the page with a width in pixels, when it can connect BambooHR
 */
export function testScreens(visit: (width: number) => Promise<Page>): void {
  test.each([1280, 390])('fits the screen and has no serious accessibility problem at %i pixels', async (width) => {
    const page = await visit(width);
    expect(await overflowPixels(page)).toBe(0);
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
    await button(page, 'Connect BambooHR').click();
    await page.locator('input[name=subdomain]').waitFor();
    expect(await overflowPixels(page)).toBe(0);
    expect(await seriousAccessibilityProblems(page)).toEqual([]);
  });
}
