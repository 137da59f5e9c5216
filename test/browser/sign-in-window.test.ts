import { afterAll, describe, expect, test } from '@jest/globals';
import { type HubSite, startDemoPage, startReactPage } from '../engines/pages.js';
import { describeInBrowser } from '../support/browser.js';
import { button, waitForText } from '../support/hub-page.js';

// Chromium runs without its blocker here: `npm run test:engines` has it, in three browsers.
describeInBrowser('The sign-in window', ({ open }) => {
  describe.each([
    ['connect-integrations', startDemoPage],
    ['ConnectButton', startReactPage],
  ] as const)('of %s', (_name, startSite) => {
    let site: HubSite;
    // After the page is closed: it reads the accounts again when its stream ends.
    afterAll(() => site.stop());

    test('is opened before StackOne responds, and a blocked one can be opened by hand', async () => {
      site = await startSite();
      const { emulator } = site.demo;
      const { origin, pathname, search } = new URL(site.url);
      const page = await open([origin, emulator.url], pathname + search);
      // The second window is blocked.
      await page.evaluate(`{
        const { open } = window;
        let calls = 0;
        window.open = (...values) => (++calls === 2 ? null : open(...values));
      }`);
      let respond = () => {};
      const held = new Promise<void>((resolve) => {
        respond = resolve;
      });
      await page.route('**/hub/connection_attempts', (route) => held.then(() => route.continue()), { times: 1 });
      await button(page, 'Connect Slack').click();
      await button(page, 'Connect').waitFor();
      const [popup] = await Promise.all([page.waitForEvent('popup'), button(page, 'Connect').click()]);
      expect(popup.url()).toBe('about:blank');
      await waitForText(popup, 'The sign-in page opens in a moment…');
      await popup.close();
      respond();
      await waitForText(page, 'Your browser blocked the sign-in window.');
      const [opened] = await Promise.all([page.waitForEvent('popup'), button(page, 'Continue to sign-in').click()]);
      await opened.getByRole('button', { name: 'Approve' }).click();
      await waitForText(page, 'Slack is connected.');
      expect(await page.getByText('Your browser blocked').count()).toBe(0);
    });
  });
});
