import { networkInterfaces } from 'node:os';
import { expect, it } from '@jest/globals';
import { startDemo } from '../../demo/start-demo.js';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6'));
const addresses = ['localhost', '127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])];

it.each(hasIpv6 ? ['::', '127.0.0.1'] : ['127.0.0.1'])(
  'With HOST=%s, the page of the demo names a Hub URL that works, whatever address the browser uses',
  async (host) => {
    const env = { HOST: host, DEMO_ALLOW_NETWORK: 'true', PORT: '0', EMULATOR_PORT: '0', LOG_LEVEL: 'silent' };
    const demo = await startDemo(env);
    try {
      const { port } = new URL(demo.url);
      for (const address of host === '::' ? addresses : ['127.0.0.1']) {
        const page = await fetch(`http://${address}:${port}/`);
        const hubUrl = /hub[\w-]*=?"?[^>]*?(http:\/\/[^"<\s]+)/i.exec(await page.text())?.[1] ?? '';
        expect(new URL(hubUrl).port).toBe(new URL(demo.emulator.url).port);
        expect(page.headers.get('content-security-policy')).toContain(`connect-src 'self' ${hubUrl}`);
        // Any response of the emulator shows that the URL leads to it.
        expect((await fetch(`${hubUrl}/connectors/meta`)).status).toBe(401);
      }
    } finally {
      await demo.stop();
    }
  },
);
