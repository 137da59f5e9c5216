import { createServer } from 'node:http';
import { expect, it } from '@jest/globals';
import { describeStartError } from '../../src/lifecycle.js';
import { openAuditLog } from '../../src/observability/audit-log.js';
import { createLogger } from '../../src/observability/logger.js';
import { startServer } from '../../src/server.js';
import { listen } from '../support/listen.js';
import { freePort } from '../support/redis.js';
import { testConfig } from '../support/test-env.js';

const listenError = (port: number, host: string) =>
  new Promise((resolve) => void createServer().once('error', resolve).listen(port, host));

it('A start that fails says what to change, without a stack', async () => {
  const taken = await listen(createServer());
  const openMissing = () => openAuditLog('/nowhere/audit', createLogger('silent'));
  const messages = [
    describeStartError(await listenError(taken.port, '127.0.0.1'), 'PORT or METRICS_PORT'),
    // TEST-NET-1: no machine has this address.
    describeStartError(await listenError(0, '192.0.2.1'), 'PORT'),
    describeStartError(await listenError(0, '..'), 'PORT'),
    describeStartError(caught(openMissing), 'PORT'),
  ];
  await taken.close();
  expect(messages).toEqual([
    expect.stringMatching(/another program listens on this port\. Stop it, or set PORT or METRICS_PORT\.$/),
    expect.stringMatching(/EADDRNOTAVAIL.*: the server cannot listen there\. Correct HOST, or set PORT\.$/),
    expect.stringMatching(/^getaddrinfo .*: the server cannot listen there\. Set HOST to an address of this machine/),
    expect.stringMatching(/AUDIT_LOG names a file that cannot be opened \(ENOENT\): create its folder, and allow/),
  ]);
});

it('A start that fails closes what it has opened, so that a program can start the server again', async () => {
  const taken = await listen(createServer());
  const port = await freePort();
  const start = (metricsPort: number) =>
    startServer(testConfig({ PORT: `${port}`, METRICS_PORT: `${metricsPort}` }), { logger: createLogger('silent') });
  await expect(start(taken.port)).rejects.toThrow('EADDRINUSE');
  const server = await start(0);
  expect(new URL(server.url).port).toBe(`${port}`);
  await server.stop();
  await taken.close();
});

it('A server that listens on all addresses has a URL to connect to', async () => {
  const config = testConfig({ HOST: '::', METRICS_PORT: '0' });
  const server = await startServer(config, { logger: createLogger('silent') });
  expect([server.url, server.metricsUrl]).toEqual([
    expect.stringMatching(/^http:\/\/\[::1\]:\d+$/),
    expect.stringMatching(/^http:\/\/\[::1\]:\d+$/),
  ]);
  await server.stop();
});

it('startServer without a configuration of loadConfig says what to pass', async () => {
  // From JavaScript, nothing checks the type.
  const values: readonly ReturnType<typeof JSON.parse>[] = [undefined, null, { STACKONE_API_KEY: 'canary' }];
  for (const value of values) {
    await expect(startServer(value)).rejects.toThrow(/^startServer needs a configuration: pass what loadConfig/);
  }
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
