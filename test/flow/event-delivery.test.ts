import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { Secret } from '../../src/config/secret.js';
import { AccountChangeKind } from '../../src/domain/account-change.js';
import { LinkedAccountStatus } from '../../src/domain/linked-account.js';
import { WebhookDelivery } from '../../src/events/delivery.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability } from '../../src/observability/observability.js';
import { rowsIn, sectionOf } from '../support/documents.js';
import { type Listener, listen } from '../support/listen.js';
import { freePort } from '../support/redis.js';
import { acme, ownerFields, startSharedApp, startTestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const eventsSecret = `whsec_${Buffer.from('canary-events-secret-of-24-bytes').toString('base64')}`;
const webhookSecret = 'whsec_delivery';

const changeSchema = z.object({ data: z.looseObject({ account: z.looseObject({}) }) });

interface Received {
  readonly path: string | undefined;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly at: number;
}
const received: Received[] = [];
let statuses: number[] = [];
/** `Retry-After` of the responses with the status. */
let retryAfter: Readonly<Record<number, string>> = {};
/** Delays the responses. */
let hold: Promise<void> | undefined;
const product: Listener = await listen(
  createServer(async (request, response) => {
    const body = await text(request);
    received.push({
      path: request.url,
      headers: Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)])),
      body,
      at: Date.now(),
    });
    await hold;
    const status = statuses.shift() ?? 204;
    const headers = { location: '/elsewhere', 'retry-after': retryAfter[status] ?? '0' };
    response.writeHead(status, headers).end('canary-response');
  }),
);
const app = await startSharedApp({
  STACKONE_WEBHOOK_SECRET: webhookSecret,
  EVENTS_URL: `${product.url}/canary-url`,
  EVENTS_SECRET: eventsSecret,
});

beforeEach(() => {
  received.length = 0;
  Object.assign(app.emulator.settings, { webhookUrl: `${app.url}/webhooks/stackone`, webhookSecret });
});
afterAll(() => product.close());
afterEach(() => {
  statuses = [];
});

const lostOf = (logs: string) =>
  [...logs.matchAll(/"alert":"event-lost","reason":"([^"]*)"/g)].map(([, reason]) => reason);
const waitForReceived = (count: number) =>
  waitUntil(
    () => received.length >= count,
    () => `${count} deliveries; arrived: ${received.length}`,
    { timeoutMs: 20_000 },
  );

describe('EVENTS_URL', () => {
  it('receives each change, signed by Standard Webhooks', async () => {
    const { id } = app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme), label: 'Berlin' });
    await waitForReceived(1);
    app.emulator.updateAccount(id, { status: 'error' });
    await waitForReceived(2);
    const events = received.map(({ headers, body }) => new Webhook(eventsSecret).verify(body, headers));
    expect(events).toMatchObject([
      { type: 'linked_account.linked', data: { ownerId: acme.org_id, accountId: id, account: { label: 'Berlin' } } },
      { type: 'linked_account.broken', data: { ownerId: acme.org_id, accountId: id, kind: 'BROKEN' } },
    ]);
  });

  it('receives the fields that docs/account-events.md lists, and no other', async () => {
    app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    await waitForReceived(1);
    const rows = rowsIn(sectionOf('docs/account-events.md', 'Delivery to your product'));
    const accountRow = rows.find(([, name]) => name === '`account`')?.[2] ?? '';
    const namesIn = (markdown: string) => [...markdown.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '');
    const { data } = changeSchema.parse(JSON.parse(received[0]?.body ?? ''));
    expect(Object.keys(data).sort()).toEqual(rows.flatMap(([, names = '']) => namesIn(names)).sort());
    const [fields = ''] = accountRow.split(' Null after');
    expect(Object.keys(data.account).sort()).toEqual(namesIn(fields).sort());
    const states = namesIn(accountRow.split('in lower case:')[1] ?? '');
    expect(states.sort()).toEqual(Object.values(LinkedAccountStatus).sort());
  });

  it('receives a change again, with the same id and body, until it responds with success', async () => {
    statuses = [302];
    app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    await waitForReceived(2);
    // A redirect is a failure, and is not followed.
    expect(received.map(({ path }) => path)).toEqual(['/canary-url', '/canary-url']);
    expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
    expect(received[1]?.body).toBe(received[0]?.body);
  });

  it('is left alone for as long as it asks, in seconds and as a date', async () => {
    const date = new Date(Date.now() + 9_000);
    retryAfter = { 429: '7', 503: date.toUTCString() };
    statuses = [429, 503];
    const link = () => app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    link();
    await waitForReceived(1);
    link();
    await waitForReceived(4);
    const [first, second] = received;
    const again = (delivery = first) =>
      received.findLast(({ headers }) => headers['webhook-id'] === delivery?.headers['webhook-id'])?.at;
    // Without the header, both arrive after 6.25 seconds at the latest.
    expect(again(first)).toBeGreaterThanOrEqual((first?.at ?? 0) + 6_990);
    expect(again(second)).toBeGreaterThanOrEqual(Date.parse(date.toUTCString()) - 10);
  });

  it('gets the deliveries that are in flight when the server stops, and the alert says what was not delivered', async () => {
    const other = await startTestApp({
      STACKONE_WEBHOOK_SECRET: webhookSecret,
      EVENTS_URL: product.url,
      EVENTS_SECRET: eventsSecret,
    });
    Object.assign(other.emulator.settings, { webhookUrl: `${other.url}/webhooks/stackone`, webhookSecret });
    const link = () => other.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    statuses = [500];
    link();
    await waitForReceived(1);
    let release = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    link();
    await waitForReceived(2);
    const stopped = other.stop();
    setTimeout(release, 1_000);
    await stopped;
    hold = undefined;
    expect(lostOf(other.logs())).toEqual(['status 500']);
  });

  it('that refuses the connection: the reason of the alert is the code of the error', async () => {
    const lines: string[] = [];
    const logger = createLogger('error', { write: (line) => void lines.push(line) });
    const url = new URL(`http://127.0.0.1:${await freePort()}/canary-url`);
    const observability = createObservability(logger, new Secret('key'));
    const delivery = new WebhookDelivery(url, new Secret(eventsSecret), observability);
    const change = { kind: AccountChangeKind.REMOVED, accountId: 'a', account: null, at: new Date() };
    delivery.send({ ownerId: acme.org_id, change });
    await delivery.close();
    expect(lostOf(lines.join(''))).toEqual(['ECONNREFUSED']);
    expect(lines.join('')).not.toContain('canary');
  });

  it('has at most 1,000 deliveries under way: a further change is lost, with an alert', async () => {
    const lines: string[] = [];
    const logger = createLogger('error', { write: (line) => void lines.push(line) });
    const observability = createObservability(logger, new Secret('key'));
    const delivery = new WebhookDelivery(new URL('http://127.0.0.1:1'), new Secret(eventsSecret), observability);
    const change = { kind: AccountChangeKind.REMOVED, accountId: 'a', account: null, at: new Date() };
    for (let count = 0; count <= 1_000; count++) {
      delivery.send({ ownerId: acme.org_id, change });
    }
    expect(lostOf(lines.join(''))).toEqual(['too many changes are waiting']);
    await delivery.close();
    expect(lostOf(lines.join(''))).toHaveLength(1_001);
  });

  it('leaves no secret, URL or response in the log', () => {
    expect(app.logs()).not.toMatch(/canary-(?!stackone)/);
    expect(app.logs()).not.toContain(eventsSecret);
  });
});
