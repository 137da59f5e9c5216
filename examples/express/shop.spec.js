import { expect, test } from '@playwright/test';
import { startEmulator } from 'stackone-emulator';
import { startShop } from './shop.js';

let emulator;
let shop;
test.beforeEach(async ({ page }) => {
  emulator = await startEmulator();
  const { apiKey, url: baseUrl } = emulator;
  shop = await startShop({ stackone: { apiKey, baseUrl, production: false, logLevel: 'silent' } });
  await page.goto(shop.url);
  await page.getByRole('button', { name: 'Ada, of Acme Corporation' }).click();
});
test.afterEach(async ({ page }) => {
  await page.close();
  await shop.stop();
  await emulator.stop();
});

test('a customer links an account in the real Hub', async ({ page }) => {
  await page.getByRole('button', { name: 'Connect BambooHR' }).click();
  await page.locator('input[name=subdomain]').fill('acme');
  await page.locator('input[name=api_key]').fill('any key');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.getByText('BambooHR is connected.')).toBeVisible();
  expect(emulator.accounts()).toMatchObject([{ provider: 'bamboohr', origin_owner_id: 'acme' }]);
});

test('the page shows a message when StackOne fails', async ({ page }) => {
  emulator.failNext({ kind: 'reset', match: { path: '/connect_sessions' } }, 2);
  await page.getByRole('button', { name: 'Connect BambooHR' }).click();
  await expect(page.getByRole('alert')).toContainText('StackOne cannot be reached');
});
