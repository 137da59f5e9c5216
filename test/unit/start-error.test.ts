import { createServer } from 'node:http';
import { expect, it } from '@jest/globals';
import { describeStartError } from '../../src/lifecycle.js';
import { openAuditLog } from '../../src/observability/audit-log.js';
import { createLogger } from '../../src/observability/logger.js';
import { listen } from '../support/listen.js';

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

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
