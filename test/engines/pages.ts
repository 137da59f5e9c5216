import type { Demo } from '../../demo/start-demo.js';
import { startTestDemo } from '../support/demo.js';
import { startFrontend } from '../support/frontend.js';

/** A page with the real Hub, in front of the demo's server and emulator. */
export interface HubSite {
  readonly demo: Demo;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The page of the demo, with the Hub as an element. */
export async function startDemoPage(): Promise<HubSite> {
  const demo = await startTestDemo();
  return { demo, url: demo.url, stop: demo.stop };
}

/** A page with `ConnectButton`, the Hub as a React component. */
export async function startReactPage(): Promise<HubSite> {
  const demo = await startTestDemo();
  const site = await startFrontend('engines-page.tsx', demo.url);
  const account = demo.emulator.accounts().find(({ provider }) => provider === 'hubspot');
  const query = new URLSearchParams({ hub: demo.emulator.url, account: account?.id ?? '' });
  return {
    demo,
    url: `${site.url}/?${query}`,
    stop: async () => {
      await site.stop();
      await demo.stop();
    },
  };
}
