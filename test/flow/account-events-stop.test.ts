import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { AccountChangeKind } from '../../src/domain/account-change.js';
import { startEvents } from '../../src/events/start-events.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability } from '../../src/observability/observability.js';
import { StackOneApi } from '../../src/stackone/api.js';
import { StackOneHttpClient } from '../../src/stackone/http/client.js';
import { testConfig } from '../support/test-env.js';
import { waitUntil } from '../support/wait.js';

let emulator: Emulator;
let client: StackOneHttpClient;
let lines: string[];
let delivered: string[];

beforeEach(async () => {
  emulator = await startEmulator();
  lines = [];
  delivered = [];
});
afterEach(async () => {
  await client.close();
  await emulator.stop();
});

/** Starts the account events of a server, with a sweep each second: the first one after a tenth of it. */
function start() {
  const config = { ...testConfig({ STACKONE_BASE_URL: emulator.url }), sweepIntervalSeconds: 1 };
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const observability = createObservability(logger, config.apiKey);
  client = new StackOneHttpClient(config, { takeRequest: async () => undefined }, observability);
  const api = new StackOneApi(client, observability);
  return startEvents(config, api, undefined, observability, ({ change }) => delivered.push(change.kind));
}

const sweeps = () => emulator.history.filter(({ path }) => path === '/accounts').length;

describe('The sweep of a server', () => {
  it('that fails is an alert, and the next one comes after the usual interval', async () => {
    emulator.failNext({ status: 400, match: { path: '/accounts' } });
    const events = await start();
    await waitUntil(() => sweeps() === 2, 'a second sweep');
    expect(lines.join('')).toContain('"alert":"sweep-failed","reason":"GET /accounts returned 400"');
    await events.close();
  });

  it('is not done after a stop', async () => {
    const events = await start();
    await events.close();
    await sleep(300);
    expect(sweeps()).toBe(0);
  });
});

describe('A stop', () => {
  it('delivers the BROKEN of an account that waits because the account was broken a moment ago', async () => {
    const events = await start();
    const { BROKEN, RECOVERED } = AccountChangeKind;
    for (const kind of [BROKEN, RECOVERED, BROKEN]) {
      const change = { kind, accountId: 'a', account: null, at: new Date() };
      events.changes.publish({ ownerId: 'org_acme', change });
    }
    expect(delivered).toEqual([BROKEN, RECOVERED]);
    await events.close();
    expect(delivered).toEqual([BROKEN, RECOVERED, BROKEN]);
  });
});
