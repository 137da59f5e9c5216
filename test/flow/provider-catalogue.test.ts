import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/index.js';
import { Secret } from '../../src/config.js';
import { createLogger } from '../../src/logger.js';
import { ProviderCatalogue } from '../../src/stackone/provider-catalogue.js';
import { type Quota, startQuota } from '../../src/stackone/quota.js';
import { StackOneClient } from '../../src/stackone/stackone-client.js';
import { waitUntil } from '../support/wait.js';

const minute = 60_000;

let emulator: Emulator;
let client: StackOneClient;
let quota: Quota;
let now = 0;
let catalogue: ProviderCatalogue;

// Each test has its own instances, because a refresh in the background may outlast a test.
beforeEach(async () => {
  emulator = await startEmulator();
  const logger = createLogger('silent');
  quota = await startQuota({ perOwnerPerMinute: 1000, totalPerMinute: 10_000, redisUrl: undefined }, logger);
  const config = { apiKey: new Secret(emulator.apiKey), baseUrl: emulator.url };
  client = new StackOneClient({ config, quota, logger, report: () => {} });
  now = 0;
  catalogue = new ProviderCatalogue(client, createLogger('silent'), () => now);
});
afterEach(async () => {
  await client.close();
  await quota.close();
  await emulator.stop();
});

const keys = async () => (await catalogue.providers()).map(({ key }) => key);
const fetches = () => emulator.history.length;
/** Waits until a refresh in the background is complete. */
const waitForRefresh = async () => {
  await waitUntil(
    () => emulator.history.every(({ status }) => status !== 0),
    'the emulator has responded to every request',
  );
  await sleep(20);
};

describe('provider catalog', () => {
  it('contains the enabled providers of the project, sorted by name', async () => {
    const providers = await catalogue.providers();
    expect(providers.map(({ name }) => name)).toEqual(providers.map(({ name }) => name).toSorted());
    expect(providers.length).toBeGreaterThanOrEqual(8);
    expect(providers.map(({ key }) => key)).not.toContain('pipedrive');
    expect(providers.find(({ key }) => key === 'bamboohr')).toEqual({
      key: 'bamboohr',
      name: 'BambooHR',
      categories: ['hris'],
      logoUrl: expect.stringMatching(/^data:image\//),
    });
  });

  it('is the same from /connectors/meta in a project without /auth_configs', async () => {
    const expected = await catalogue.providers();
    emulator.settings.hasAuthConfigs = false;
    const fromMeta = new ProviderCatalogue(client, createLogger('silent'));
    expect(await fromMeta.providers()).toEqual(expected);
  });

  it('is fetched once for concurrent calls', async () => {
    await Promise.all(Array.from({ length: 50 }, keys));
    expect(fetches()).toBe(1);
  });

  it('is cached for five minutes', async () => {
    await keys();
    now = 5 * minute - 1;
    await keys();
    expect(fetches()).toBe(1);
  });

  it('is returned from the stale cache while one request refreshes it', async () => {
    const before = await keys();
    now = 6 * minute;
    expect(await Promise.all([keys(), keys(), keys()])).toEqual([before, before, before]);
    await waitForRefresh();
    expect(fetches()).toBe(2);
    now = 10 * minute;
    await keys();
    expect(fetches()).toBe(2);
  });

  it('stays in the cache when a refresh fails', async () => {
    const before = await keys();
    now = 59 * minute;
    emulator.failNext({ status: 500 }, 10);
    expect(await keys()).toEqual(before);
    await waitForRefresh();
    expect(await keys()).toEqual(before);
  });

  it('is an error, not an empty list, when the cache is older than one hour and the refresh fails', async () => {
    await keys();
    now = 61 * minute;
    emulator.failNext({ status: 500 }, 10);
    await expect(keys()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('combines all pages, omits inactive and malformed rows, and merges the profiles of one provider', async () => {
    const row = (connector_key: string, rest: object = {}) => ({
      connector_key,
      connector_label: `The ${connector_key}`,
      categories: ['crm'],
      active: true,
      ...rest,
    });
    const page = (data: object[]) => ({ status: 200, body: { page: 1, page_size: 2, total: 6, data } });
    emulator.failNext(page([row('b'), row('a', { categories: ['ats', 'some-day-new'] })]));
    emulator.failNext(page([row('a', { categories: ['hris'] }), row('off', { active: false })]));
    emulator.failNext(page([row('Not A Key'), row('c', { logo_url: 'javascript:alert(1)' })]));
    expect(await catalogue.providers()).toEqual([
      { key: 'a', name: 'The a', categories: ['ats', 'hris'], logoUrl: null },
      { key: 'b', name: 'The b', categories: ['crm'], logoUrl: null },
      { key: 'c', name: 'The c', categories: ['crm'], logoUrl: null },
    ]);
  });
});
