import type { Demo } from '../../demo/start-demo.js';
import { startTestDemo } from '../support/demo.js';
import { startFrontend } from '../support/frontend.js';

/** A page with the real Hub, in front of the demo's server and emulator. */
export interface HubSite {
  readonly demo: Demo;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The page of the demo: `<connect-integrations>`, with the Hub as an element. */
export async function startDemoPage(): Promise<HubSite> {
  const demo = await startTestDemo();
  return { demo, url: demo.url, stop: demo.stop };
}

/** A page with `ConnectButton`, the Hub as a React component. */
export const startReactPage = () => startPage('engines-page.tsx');

/** A page with StackOne's older package: the Hub is in a frame of another origin. */
export const startOlderHubPage = () => startPage('older-hub-page.ts', () => '');

async function startPage(file: string, policy?: (policy: string) => string): Promise<HubSite> {
  const demo = await startTestDemo();
  const frontend = await startFrontend(file, demo.url, policy);
  const account = demo.emulator.accounts().find(({ provider }) => provider === 'hubspot');
  const query = new URLSearchParams({ hub: demo.emulator.url, account: account?.id ?? '' });
  return {
    demo,
    url: `${frontend.url}/?${query}`,
    stop: async () => {
      await frontend.stop();
      await demo.stop();
    },
  };
}
