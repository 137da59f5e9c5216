import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startEmulator } from '../../emulator/src/index.js';
import {
  acmeOwner,
  api,
  basicAuthorization,
  control,
  globexOwner,
  startSharedEmulator,
} from '../support/emulator-client.js';
import { exchangeRaw } from '../support/raw-http.js';

const emulator = await startSharedEmulator();
const { url } = emulator;

/** A value of a test in JavaScript, whose type nothing checks. */
type Untyped = ReturnType<typeof JSON.parse>;
const inCode: Record<string, (input: Untyped) => unknown> = {
  '/accounts': (input) => emulator.addAccount(input),
  '/faults': ({ times, ...fault }) => emulator.failNext(fault, times),
  '/clock': ({ seconds }) => emulator.advance(seconds),
};
const account = { provider: 'jira', ...acmeOwner };

describe('input of a test', () => {
  it.each<[string, string, Untyped, RegExp]>([
    ['an account without an owner', '/accounts', { provider: 'jira' }, /^origin_owner_id: .*origin_owner_name: /],
    ['an account with an unknown field', '/accounts', { ...account, stauts: 'error' }, /"stauts"/],
    ['a fault of an unknown kind', '/faults', { kind: 'explode' }, /^kind: .*"reset".*"hang"/],
    ['a fault with an unknown field', '/faults', { status: 503, tiems: 2 }, /"tiems"/],
    ['a fault for no request', '/faults', { status: 503, times: 0 }, /^times: /],
    ['a fault for one and a half requests', '/faults', { status: 503, times: 1.5 }, /^times: /],
    ['a fault whose number of requests is a text', '/faults', { status: 503, times: '2' }, /^times: /],
    [
      'a fault with a header name that is not valid in HTTP',
      '/faults',
      { status: 503, headers: { 'a b': '1' } },
      /^headers: /,
    ],
    ['a fault with a line break in a header', '/faults', { status: 503, headers: { a: '1\n2' } }, /^headers: /],
    ['an account that is null', '/accounts', null, /^body: .*object.*null/],
    ['a time after the last date', '/clock', { seconds: 1e300 }, /^seconds: /],
  ])('%s is rejected in code and over HTTP with the same kind of message', async (_name, path, input, message) => {
    expect(() => inCode[path]?.(input)).toThrow(message);
    const rejected = { status: 400, body: { message: expect.stringMatching(message) } };
    expect(await control(url, 'POST', path, input)).toMatchObject(rejected);
    expect((await api(url, 'GET', '/accounts')).body).toEqual([]);
  });

  it('with the id of an account that exists is rejected, and the account stays', async () => {
    const existing = emulator.addAccount({ id: 'one', ...account });
    expect(() => emulator.addAccount({ id: 'one', ...account, label: 'Two' })).toThrow('one already exists');
    expect((await control(url, 'POST', '/accounts', { id: 'one', ...account })).status).toBe(409);
    expect(emulator.accounts()).toEqual([existing]);
  });

  it('with an undefined property means the default', () => {
    const undefinedStatus: Untyped = { ...account, status: undefined };
    expect(emulator.addAccount(undefinedStatus)).toMatchObject({ status: 'active' });
    expect(() => emulator.failNext({ status: 503, match: { method: undefined, path: undefined } })).not.toThrow();
  });

  it('can have reasons of a status without a code and a description, as StackOne documents them', async () => {
    const status_reasons = [{ code: null, description: null, timestamp: '2026-01-01T00:00:00.000Z' }];
    const { id } = emulator.addAccount({ ...account, status_reasons });
    expect((await api(url, 'GET', `/accounts/${id}`)).body).toMatchObject({ status_reasons });
  });

  it('with an unknown setting, or an unknown value of one, is rejected', async () => {
    const options: Untyped = [{ vocabluary: 'v2' }, { vocabulary: 'v3' }];
    for (const settings of options) {
      await expect(startEmulator({ settings })).rejects.toThrow('vocab');
    }
    const webhookUrls = [undefined, 'localhost:4000/webhooks', '/webhooks'].map((webhookUrl) => ({ webhookUrl }));
    for (const change of [{ vocabluary: 'v2' }, { vocabulary: 'v3' }, ...webhookUrls]) {
      expect(() => Object.assign(emulator.settings, change)).toThrow(Object.keys(change)[0]);
    }
    expect(() => Object.assign(emulator, { settings: { vocabulary: 'v2' } })).toThrow('settings');
    expect(emulator.settings).toMatchObject({ vocabulary: 'v1', webhookUrl: null });
  });
});

it('startEmulator refuses an unknown option, and names it', async () => {
  const options: Untyped = { setting: { vocabulary: 'v2' } };
  await expect(startEmulator(options)).rejects.toThrow('setting is an unknown option');
});

it('GET /accounts takes a list only as a repeated parameter, as StackOne documents it', async () => {
  const [one, two] = [emulator.addAccount(account), emulator.addAccount({ ...account, ...globexOwner })];
  const list = async (query: string) => {
    const { body } = await api(url, 'GET', `/accounts?${query}`);
    return z
      .array(z.object({ id: z.string() }))
      .parse(body)
      .map(({ id }) => id);
  };
  expect(await list('origin_owner_ids=acme&origin_owner_ids=globex')).toEqual([one.id, two.id]);
  expect(await list('origin_owner_ids=acme,globex')).toEqual([]);
  // Not a parameter: nothing is filtered.
  expect(await list('origin_owner_ids[]=acme')).toEqual([one.id, two.id]);
});

it('GET /connectors/meta accepts a list of what it includes', async () => {
  const count = async (query: string) => {
    const { body } = await api(url, 'GET', `/connectors/meta${query}`);
    return z.array(z.object({})).parse(body).length;
  };
  const all = await count('?include=inactive');
  expect(all).toBeGreaterThan(await count(''));
  expect(await count('?include=resources,inactive,webhooks')).toBe(all);
});

it.each([
  ['//', 404],
  ['//accounts', 404],
  ['/accounts/%zz', 400],
])('the path %s gets %i with an error in StackOne’s format', async (path, status) => {
  const headers = `Host: h\r\nUser-Agent: t\r\nAuthorization: ${basicAuthorization()}\r\nConnection: close`;
  const { response } = await exchangeRaw(url, `GET ${path} HTTP/1.1\r\n${headers}\r\n\r\n`);
  const [head = '', body = ''] = response.split('\r\n\r\n');
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(JSON.parse(body)).toEqual({
    statusCode: status,
    message: expect.any(String),
    timestamp: expect.stringMatching(/Z$/),
  });
});
