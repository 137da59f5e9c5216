import type { Page } from 'playwright-core';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { describeInBrowser } from '../support/browser.js';
import { acmeOwner, createSessionToken } from '../support/emulator-client.js';
import { type ProductSite, startProductSite } from '../support/product-site.js';

// The real Hub in a real browser: a response that it accepts has the format of StackOne's API.
describeInBrowser('the real Hub against the emulator', ({ open, expectConsoleErrors }) => {
  let emulator: Emulator;
  let site: ProductSite;
  let page: Page;

  beforeAll(async () => {
    [emulator, site] = await Promise.all([startEmulator(), startProductSite()]);
  });
  beforeEach(() => emulator.reset());
  afterAll(() => Promise.all([site.stop(), emulator.stop()]));

  async function openHubWith(token: string): Promise<void> {
    const path = `/?token=${token}&api=${encodeURIComponent(emulator.url)}`;
    page = await open([site.url, emulator.url], path, { viewport: { width: 760, height: 720 } });
  }
  async function openHub(request: Record<string, unknown> = {}): Promise<void> {
    await openHubWith(await createSessionToken(emulator.url, request));
  }
  const connect = () => page.getByRole('button', { name: 'Connect', exact: true }).click();
  const connected = () => page.evaluate('window.connected');
  const waitForText = (text: string | RegExp) => page.getByText(text).first().waitFor();

  test('links an account with credentials from its form', async () => {
    await openHub();
    await page.getByRole('button', { name: /BambooHR/ }).waitFor();
    await page.getByRole('button', { name: /BambooHR/ }).click();
    await page.locator('input[name=subdomain]').fill('acme');
    await page.locator('input[name=api_key]').fill('key-123456');
    await connect();
    await waitForText('Connection Successful');
    const [account] = emulator.accounts();
    expect(account).toMatchObject({ ...acmeOwner, provider: 'bamboohr', status: 'active' });
    expect(await connected()).toEqual([{ id: account?.id, provider: 'bamboohr' }]);
  });

  test('shows why credentials were rejected, and links no account', async () => {
    expectConsoleErrors(/400/);
    await openHub({ provider: 'personio' });
    await page.locator('input[name=client_id]').fill('papi-1');
    await page.locator('input[name=client_secret]').fill('hunter2');
    await connect();
    await waitForText(/Personio rejected these credentials: Client secret is not valid/);
    expect(emulator.accounts()).toEqual([]);
    expect(await connected()).toEqual([]);
  });

  test('edits an existing account with status error and makes it active', async () => {
    const { id } = emulator.addAccount({ provider: 'bamboohr', ...acmeOwner, status: 'error' });
    await openHub({ account_id: id });
    const subdomain = page.locator('input[name=subdomain]');
    await subdomain.waitFor();
    expect(await subdomain.inputValue()).toBe('acme');
    await subdomain.fill('acme-uk');
    await connect();
    await waitForText('Connection Successful');
    expect(await connected()).toEqual([{ id, provider: 'bamboohr' }]);
    const edited = { id, status: 'active', setup_information: { subdomain: 'acme-uk' } };
    expect(emulator.accounts()).toMatchObject([edited]);
  });

  test('shows no providers and sends no event with an expired token', async () => {
    const token = await createSessionToken(emulator.url);
    emulator.advance(1801);
    expectConsoleErrors(/401/);
    await openHubWith(token);
    await waitForText('No configured integrations available.');
    expect(await connected()).toEqual([]);
  });

  async function openConsent(): Promise<Page> {
    await openHub({ provider: 'hubspot', origin_username: 'ada@acme.test' });
    await page.getByRole('button', { name: 'Connect', exact: true }).waitFor();
    const [popup] = await Promise.all([page.waitForEvent('popup'), connect()]);
    await popup.getByRole('heading', { name: /Allow access to your HubSpot account/ }).waitFor();
    return popup;
  }

  test('links an account that is approved in its OAuth popup, which then closes', async () => {
    const popup = await openConsent();
    const closed = popup.waitForEvent('close');
    await popup.getByRole('button', { name: 'Approve' }).click();
    await popup.getByRole('status').waitFor();
    await closed;
    await waitForText('Connection Successful');
    const [account] = emulator.accounts();
    expect(account).toMatchObject({ ...acmeOwner, provider: 'hubspot', origin_username: 'ada@acme.test' });
    expect(await connected()).toEqual([{ id: account?.id, provider: 'hubspot' }]);
  });

  test('shows that access was denied in its OAuth popup', async () => {
    const popup = await openConsent();
    const closed = popup.waitForEvent('close');
    await popup.getByRole('button', { name: 'Deny' }).click();
    await closed;
    await waitForText('Access to HubSpot was denied for Acme Ltd.');
    expect(emulator.accounts()).toEqual([]);
    expect(await connected()).toEqual([]);
  });

  test('cancels the attempt while its OAuth popup is open', async () => {
    const popup = await openConsent();
    const closed = popup.waitForEvent('close');
    const cancelled = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect((await cancelled).status()).toBe(204);
    await closed;
    expect(emulator.accounts()).toEqual([]);
  });

  test('works on the hosted page of the session’s authLinkUrl', async () => {
    const token = await createSessionToken(emulator.url, { provider: 'greenhouse' });
    page = await open([emulator.url], `/hub?token=${token}`);
    await page.locator('input[name=api_key]').fill('key-123456');
    await connect();
    await waitForText('Connection Successful');
    expect(emulator.accounts()).toMatchObject([{ provider: 'greenhouse' }]);
  });
});
