import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { Secret } from '../../src/config/secret.js';
import { createRateLimits, type RateLimits } from '../../src/linking/limits/rate-limits.js';
import { ProviderCatalog } from '../../src/linking/provider-catalog.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability } from '../../src/observability/observability.js';
import { StackOneApi } from '../../src/stackone/api.js';
import { StackOneHttpClient } from '../../src/stackone/http/client.js';
import { waitUntil } from '../support/wait.js';

const minute = 60_000;

let emulator: Emulator;
let client: StackOneHttpClient;
let api: StackOneApi;
let rateLimits: RateLimits;
let now = 0;
let catalog: ProviderCatalog;

// New for each test, because a refresh in the background can outlive its test.
beforeEach(async () => {
  emulator = await startEmulator();
  const logger = createLogger('silent');
  rateLimits = createRateLimits({ rateLimitPerOwnerPerMinute: 1000, rateLimitTotalPerMinute: 10_000 }, undefined);
  const config = { apiKey: new Secret(emulator.apiKey), baseUrl: emulator.url, noProxy: [] };
  const observability = createObservability(logger, config.apiKey);
  client = new StackOneHttpClient(config, rateLimits, observability);
  api = new StackOneApi(client, observability);
  now = 0;
  catalog = new ProviderCatalog(api, createLogger('silent'), () => now);
});
afterEach(async () => {
  await client.close();
  await emulator.stop();
});

const list = async () =>
  (await catalog.offers()).list({ canManage: true, providers: null, maxAccounts: null }, 'AVAILABLE');
const keys = async () => (await list()).map(({ key }) => key);
const fetches = () => emulator.history.length;
/** Waits until a refresh in the background has begun and come to its end. */
const refreshed = async () => {
  await waitUntil(() => fetches() > 1 && emulator.history.every(({ status }) => status !== 0), 'the refresh');
  await sleep(20);
};

describe('the provider catalog', () => {
  it('contains exactly the enabled providers of the project, sorted by name', async () => {
    const providers = await list();
    expect(providers.map(({ name }) => name)).toEqual(providers.map(({ name }) => name).toSorted());
    expect(providers.length).toBeGreaterThanOrEqual(8);
    expect(providers.map(({ key }) => key)).not.toContain('pipedrive');
    expect(providers.find(({ key }) => key === 'bamboohr')).toEqual({
      key: 'bamboohr',
      name: 'BambooHR',
      categories: ['hris'],
      logoUrl: expect.stringMatching(/^data:image\//),
      availability: 'AVAILABLE',
    });
  });

  it('is fetched once for concurrent requests', async () => {
    await Promise.all(Array.from({ length: 50 }, keys));
    expect(fetches()).toBe(1);
  });

  it('is not fetched again for five minutes', async () => {
    await keys();
    now = 5 * minute - 1;
    await keys();
    expect(fetches()).toBe(1);
  });

  it('returns the old copy at once while one request refreshes it', async () => {
    const before = await keys();
    now = 6 * minute;
    expect(await Promise.all([keys(), keys(), keys()])).toEqual([before, before, before]);
    await refreshed();
    expect(fetches()).toBe(2);
    now = 10 * minute;
    await keys();
    expect(fetches()).toBe(2);
  });

  it('keeps the old copy when a refresh fails', async () => {
    const before = await keys();
    now = 59 * minute;
    emulator.failNext({ status: 500 }, 10);
    expect(await keys()).toEqual(before);
    await refreshed();
    expect(await keys()).toEqual(before);
  });

  it('returns an error rather than an empty list when the copy is older than an hour and the refresh fails', async () => {
    await keys();
    now = 61 * minute;
    emulator.failNext({ status: 500 }, 10);
    await expect(keys()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('asks StackOne once in five seconds while the catalog fails, and gives every request the same error', async () => {
    emulator.failNext({ status: 403 }, 100);
    for (let second = 0; second < 30; second++) {
      now = second * 1000;
      await expect(Promise.all([keys(), keys()])).rejects.toMatchObject({ code: 'UPSTREAM_MISCONFIGURED' });
    }
    expect(fetches()).toBe(6);
    emulator.reset();
    now = 31_000;
    expect(await keys()).toContain('bamboohr');
  });

  it('ends after 50 pages when the list of StackOne never ends', async () => {
    for (let page = 1; page <= 60; page++) {
      emulator.failNext({ status: 200, body: { data: [{ id: page, connector_key: 'a', active: true }] } });
    }
    expect(await keys()).toEqual(['a']);
    expect(fetches()).toBe(50);
    expect(await catalog.isEnabled('unknown')).toBe(true);
  });

  it('reads all pages, omits disabled and malformed rows, and merges the profiles of one provider', async () => {
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
    emulator.failNext(page([row('not a key'), row('c', { logo_url: 'javascript:alert(1)' })]));
    expect(await list()).toEqual([
      { key: 'a', name: 'The a', categories: ['ats', 'hris'], logoUrl: null, availability: 'AVAILABLE' },
      { key: 'b', name: 'The b', categories: ['crm'], logoUrl: null, availability: 'AVAILABLE' },
      { key: 'c', name: 'The c', categories: ['crm'], logoUrl: null, availability: 'AVAILABLE' },
    ]);
  });
});

const enablePipedrive = () => {
  emulator.settings.rawRows = { accounts: [], catalog: [{ connector_key: 'pipedrive', active: true }] };
};

describe('a provider that is not in the copy', () => {
  it.each([
    ['a moment ago', 6_000],
    ['after a quiet period', 20 * minute],
    ['after more than an hour', 90 * minute],
  ])('is found when it was enabled %s', async (_when, age) => {
    await keys();
    enablePipedrive();
    now = age;
    expect(await catalog.isEnabled('pipedrive')).toBe(true);
    expect(fetches()).toBe(2);
    expect(await keys()).toContain('pipedrive');
  });

  it('has a new category in a fresh copy, and any category when StackOne states none', async () => {
    const enableAcme = (categories: string[]) => {
      emulator.settings.rawRows = {
        accounts: [],
        catalog: [{ id: 'acme', connector_key: 'acme', connector_label: 'Acme', categories, active: true }],
      };
    };
    enableAcme(['hris']);
    expect([await catalog.isEnabled('acme', 'hris'), await catalog.isEnabled('acme', 'ats')]).toEqual([true, false]);
    enableAcme(['hris', 'ats']);
    now = 6_000;
    expect(await catalog.isEnabled('acme', 'ats')).toBe(true);
    enableAcme([]);
    now = 12_000;
    expect(await catalog.isEnabled('acme', 'crm')).toBe(true);
  });

  it('is looked for again as soon as the catalog works after a failure', async () => {
    emulator.failNext({ status: 403 });
    await expect(catalog.isEnabled('pipedrive')).rejects.toMatchObject({ code: 'UPSTREAM_MISCONFIGURED' });
    now = 6_000;
    expect(await keys()).not.toContain('pipedrive');
    enablePipedrive();
    now = 12_000;
    expect(await catalog.isEnabled('pipedrive')).toBe(true);
  });

  it('is looked for once in five seconds, however many requests ask for it', async () => {
    for (const time of [0, 1_000, 4_999, 5_000, 9_999]) {
      now = time;
      const results = await Promise.all([1, 2, 3, 4].map((number) => catalog.isEnabled(`nosuch-${number}`)));
      expect(results).toEqual([false, false, false, false]);
    }
    expect(fetches()).toBe(2);
  });

  it('is left to StackOne when the catalog is not complete', async () => {
    for (let page = 1; page <= 60; page++) {
      emulator.failNext({ status: 200, body: { data: [{ id: page, connector_key: 'a', active: true }] } });
    }
    expect(await catalog.isEnabled('nosuch')).toBe(true);
    now = 6_000;
    expect(await catalog.isEnabled('nosuch')).toBe(true);
    expect(fetches()).toBe(50);
  });

  it('waits for no catalog that failed in the last minute: it throws at once, and one refresh runs meanwhile', async () => {
    emulator.failNext({ status: 403 });
    await expect(catalog.isEnabled('bamboohr')).rejects.toMatchObject({ code: 'UPSTREAM_MISCONFIGURED' });
    now = 6_000;
    emulator.failNext({ kind: 'hang' });
    for (let call = 1; call <= 3; call++) {
      await expect(catalog.isEnabled('bamboohr')).rejects.toMatchObject({ code: 'UPSTREAM_MISCONFIGURED' });
    }
    expect(fetches()).toBeLessThanOrEqual(2);
  });
});

it('A provider in the copy needs no request, even while the catalog fails', async () => {
  await keys();
  emulator.failNext({ status: 500 }, 10);
  now = 6 * minute;
  expect(await catalog.isEnabled('bamboohr')).toBe(true);
  await refreshed();
  now = 7 * minute;
  expect(await catalog.isEnabled('bamboohr')).toBe(true);
});
