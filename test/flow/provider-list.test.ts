import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { Secret } from '../../src/config/secret.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability } from '../../src/observability/observability.js';
import { createBackgroundContext } from '../../src/observability/request-context.js';
import { StackOneApi } from '../../src/stackone/api.js';
import { StackOneHttpClient } from '../../src/stackone/http/client.js';
import { listen } from '../support/listen.js';
import { acme, signIn, startTestApp } from '../support/test-app.js';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.stop());

let lines: string[];
let client: StackOneHttpClient;
let api: StackOneApi;
function connectTo(baseUrl: string): void {
  const observability = createObservability(
    createLogger('trace', { write: (line) => void lines.push(line) }),
    new Secret(emulator.apiKey),
  );
  const quota = { takeRequest: async () => undefined };
  const config = { apiKey: new Secret(emulator.apiKey), baseUrl, noProxy: [] };
  client = new StackOneHttpClient(config, quota, observability);
  api = new StackOneApi(client, observability);
}
// New for each test, because it remembers the endpoint.
beforeEach(() => {
  lines = [];
  connectTo(emulator.url);
});
afterEach(() => client.close());

const read = () => api.listProviders(createBackgroundContext());
const keys = async () => (await read())?.providers.map(({ key }) => key);
const requests = () => emulator.history.map(({ path }) => path);
const canary = 'canary-in-a-row';

const contracts = [
  { catalogEndpoint: 'connector-profiles', vocabulary: 'v1' },
  { catalogEndpoint: 'connector-profiles', vocabulary: 'v2' },
  { catalogEndpoint: 'auth-configs', vocabulary: 'v1' },
  { catalogEndpoint: 'connectors-meta', vocabulary: 'v1' },
] as const;

describe.each(contracts)('The providers of a project with $catalogEndpoint in vocabulary $vocabulary', (contract) => {
  beforeEach(() => {
    Object.assign(emulator.settings, contract);
  });
  const keyField = {
    'connector-profiles': 'connector_key',
    'auth-configs': 'connector_key',
    'connectors-meta': 'provider',
  };
  const entry = (key: unknown, fields: object = {}) => ({
    id: canary,
    [keyField[contract.catalogEndpoint]]: key,
    active: true,
    ...fields,
  });
  const plant = (...catalog: unknown[]) => {
    emulator.settings.rawRows = { accounts: [], catalog };
  };

  it('are the enabled ones, by name, with their categories and logos', async () => {
    const list = await read();
    expect(list?.truncated).toBe(false);
    expect(list?.providers.map(({ key }) => key)).not.toContain('pipedrive');
    expect(list?.providers.length).toBeGreaterThanOrEqual(8);
    expect(list?.providers.find(({ key }) => key === 'bamboohr')).toEqual({
      key: 'bamboohr',
      name: 'BambooHR',
      categories: ['hris'],
      logoUrl: expect.stringMatching(/^data:image\//),
    });
  });

  it('can have keys with capitals, dots, a leading underscore and a version, of up to 128 characters', async () => {
    const odd = ['Zoho', 'a.b', '_internal', 'hibob@1.2.0', 'x'.repeat(128)];
    plant(...odd.map((key) => entry(key)));
    expect(await keys()).toEqual(expect.arrayContaining(odd));
    expect(lines.join('')).not.toContain('alert');
  });

  it.each<[unknown, string]>([
    [entry(''), 'KEY'],
    [entry('two words'), 'KEY'],
    [entry('x'.repeat(129)), 'KEY'],
    [entry('Zoë'), 'KEY'],
    [entry(7), 'KEY'],
    [entry({}), 'KEY'],
    [entry([canary]), 'KEY'],
    [null, 'row'],
    [canary, 'row'],
    [[], 'row'],
  ])('do not suffer from the entry %j: it is left out, and the log names the field', async (odd, field) => {
    plant(odd);
    expect(await keys()).toContain('bamboohr');
    const name = field === 'KEY' ? keyField[contract.catalogEndpoint] : field;
    expect(lines.join('')).toContain(`"alert":"stackone-rows-skipped","skipped":"${name} 1"`);
    expect(lines.join('')).not.toContain(canary);
  });

  it.each<[string, unknown]>([
    ['connector_label', 7],
    ['provider_name', {}],
    ['logo_url', 7],
    ['logo_url', 'x'.repeat(32_769)],
    ['categories', 'hris'],
    ['categories', [7, 'hris']],
    ['category', ['hris']],
    ['active', 'yes'],
    ['default', 1],
    ['resources', { images: { logo_url: [] } }],
    ['resources', 7],
  ])('keep an entry whose %s is %j, and the log names the field', async (field, value) => {
    plant(entry('odd', { [field]: value }));
    expect(await keys()).toEqual(expect.arrayContaining(['odd', 'bamboohr']));
    expect(lines.join('')).toContain(`"unusable":"${field} 1"`);
    expect(lines.join('')).not.toContain('alert');
  });

  it('are listed once each, with the name of the default profile, the categories of all and the first logo', async () => {
    const logoUrl = 'https://logos.example/sage.svg';
    plant(
      entry('sage', { id: 'p1', connector_label: 'Sage (old)', categories: ['hris'], logo_url: logoUrl }),
      entry('sage', { id: 'p2', connector_label: 'Sage', categories: ['accounting'], default: true }),
      entry('sage', { id: 'p3', connector_label: 'Sage (off)', categories: ['crm'], active: false }),
    );
    const sage = (await read())?.providers.filter(({ key }) => key === 'sage');
    expect(sage).toEqual([{ key: 'sage', name: 'Sage', categories: ['accounting', 'hris'], logoUrl }]);
  });

  it('are 2,500 when StackOne has 2,500, and the log says nothing', async () => {
    plant(...Array.from({ length: 2_500 }, (_, index) => entry(`c${index}`, { id: index })));
    const list = await read();
    expect(list?.providers.filter(({ key }) => /^c\d/.test(key))).toHaveLength(2_500);
    expect([list?.truncated, lines.join('').includes('alert')]).toEqual([false, false]);
  });

  it('end at 5,000 rows, and the log has an alert', async () => {
    plant(...Array.from({ length: 5_100 }, (_, index) => entry(`c${index}`, { id: index })));
    const list = await read();
    expect([list?.providers.length, list?.truncated]).toEqual([5_000, true]);
    expect(lines.join('')).toContain('"alert":"stackone-list-truncated"');
  });
});

describe('The endpoint of the catalog', () => {
  it.each([
    ['connector-profiles', ['/connector_profiles']],
    ['auth-configs', ['/connector_profiles', '/auth_configs']],
    ['connectors-meta', ['/connector_profiles', '/auth_configs', '/connectors/meta']],
  ] as const)('is the newest that StackOne has (%s), and is asked first the next time', async (endpoint, expected) => {
    emulator.settings.catalogEndpoint = endpoint;
    await read();
    expect(requests()).toEqual(expected);
    await read();
    expect(requests()).toEqual([...expected, expected.at(-1)]);
  });

  it('is looked for again when the known one returns 404', async () => {
    emulator.settings.catalogEndpoint = 'auth-configs';
    await read();
    emulator.settings.catalogEndpoint = 'connectors-meta';
    expect(await keys()).toContain('bamboohr');
    expect(requests().slice(2)).toEqual(['/auth_configs', '/connector_profiles', '/connectors/meta']);
  });

  it('is undefined when StackOne has none', async () => {
    emulator.failNext({ status: 404 }, 3);
    expect(await read()).toBeUndefined();
  });

  it('is not another one after any other status', async () => {
    emulator.failNext({ status: 403 });
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_MISCONFIGURED' });
    expect(requests()).toEqual(['/connector_profiles']);
  });
});

describe('The pages of the catalog', () => {
  const page = (ids: string[], rest: object = {}) =>
    emulator.failNext({ status: 200, body: { data: ids.map((id) => ({ id, connector_key: id })), ...rest } });

  it('end with the total, although pages are shorter than requested', async () => {
    page(['a', 'b'], { total: 3 });
    page(['c'], { total: 3 });
    expect(await keys()).toEqual(['a', 'b', 'c']);
    expect(requests()).toHaveLength(2);
  });

  it('end with a page that only repeats rows, or an empty one', async () => {
    page(['a', 'b']);
    page(['b', 'a']);
    expect([await read(), requests().length]).toMatchObject([{ truncated: false }, 2]);
    page(['a', 'b']);
    page([]);
    expect([await read(), requests().length]).toMatchObject([{ truncated: false }, 4]);
  });

  it('are not complete when they end before the total', async () => {
    page(['a', 'b'], { total: 3 });
    page([], { total: 3 });
    expect(await read()).toMatchObject({ truncated: true, providers: [{ key: 'a' }, { key: 'b' }] });
    page(['a', 'b'], { total: 3 });
    emulator.failNext({ status: 404 });
    expect(await read()).toMatchObject({ truncated: true, providers: [{ key: 'a' }, { key: 'b' }] });
  });
});

describe('A catalog without measure', () => {
  /** Endless pages of this body. */
  async function readFrom(
    makeBody: (page: number) => string,
  ): Promise<{ pages: number; truncated: boolean | undefined }> {
    let pages = 0;
    const stackone = await listen(
      createServer((_request, response) => {
        pages += 1;
        response.setHeader('content-type', 'application/json').end(makeBody(pages));
      }),
    );
    await client.close();
    connectTo(stackone.url);
    try {
      const list = await read();
      return { pages, truncated: list?.truncated };
    } finally {
      await client.close();
      await stackone.close();
      connectTo(emulator.url);
    }
  }

  it('of 100,000 rows on a page is cut', async () => {
    const small = `{"data":[${Array.from({ length: 100_000 }, (_, index) => `{"provider":"${index}"}`).join()}]}`;
    expect(small.length).toBeLessThan(8 * 1024 * 1024);
    expect(await readFrom(() => small)).toEqual({ pages: 1, truncated: true });
    expect(lines.join('')).toContain('"alert":"stackone-list-truncated"');
  });

  it('of pages of 8 MB ends after 16 MiB', async () => {
    const padding = 'x'.repeat(7_900_000);
    const body = (page: number) => `{"data":[{"id":${page},"connector_key":"c${page}","models":"${padding}"}]}`;
    expect(await readFrom(body)).toEqual({ pages: 3, truncated: true });
  });
});

it('A provider that is not in a truncated catalog is left to StackOne', async () => {
  const app = await startTestApp();
  try {
    app.emulator.settings.rawRows = {
      accounts: [],
      catalog: Array.from({ length: 5_000 }, (_, index) => ({ id: index, connector_key: `c${index}` })),
    };
    const query = 'mutation { createConnectSession(provider: "bamboohr") { token } }';
    const response = await app.post({ query }, await signIn(acme));
    expect(response.json.data).toMatchObject({ createConnectSession: { token: expect.any(String) } });
  } finally {
    await app.stop();
  }
});

it('providers(category:) lists the providers that have the category, whichever others they have', async () => {
  const app = await startTestApp();
  try {
    const sage = { id: 'sage', connector_key: 'sage', connector_label: 'Sage', categories: ['accounting', 'hris'] };
    app.emulator.settings.rawRows = { accounts: [], catalog: [sage] };
    const { json } = await app.post({ query: '{ providers(category: HRIS) { key } }' }, await signIn(acme));
    expect(json.data).toEqual({ providers: ['bamboohr', 'personio', 'sage', 'workday'].map((key) => ({ key })) });
  } finally {
    await app.stop();
  }
});
