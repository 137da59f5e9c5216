import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AccountStream, openStream } from '../support/account-stream.js';
import { acme, globex, ownerFields, startSharedApp, startTestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait.js';

const secret = 'whsec_canary_current';
const previousSecret = 'whsec_canary_previous';
const app = await startSharedApp({
  STACKONE_WEBHOOK_SECRET: secret,
  STACKONE_WEBHOOK_SECRET_PREVIOUS: previousSecret,
  METRICS_PORT: '0',
});
const url = `${app.url}/webhooks/stackone`;

let stream: AccountStream;
beforeEach(async () => {
  stream = await openStream(app, acme);
});
afterEach(() => stream.close());

const sign = (body: string, key = secret) => createHmac('sha256', key).update(body).digest('base64url');
const payload = (fields: Record<string, unknown>) =>
  JSON.stringify({
    project_id: 'p',
    event: 'account.updated',
    event_date: new Date().toISOString(),
    sent_at: new Date().toISOString(),
    ...fields,
  });
const send = (body: string, signature: string | undefined, options: RequestInit = {}, to = url) =>
  fetch(to, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature !== undefined && { 'x-stackone-signature': signature }),
    },
    body,
    ...options,
  });
const link = (fields = {}) => app.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme), ...fields });

/** Sends a good webhook and waits until its change arrives, so that nothing of an earlier one can still be on its way. */
async function expectNothingBefore(): Promise<void> {
  const { id } = link();
  const body = payload({ account_id: id });
  expect((await send(body, sign(body))).status).toBe(200);
  expect(await stream.kinds(1)).toEqual(['UPDATED']);
  expect(stream.changes.map(({ accountId }) => accountId)).toEqual([id]);
}

describe('POST /webhooks/stackone', () => {
  it('accepts a webhook that is signed with the current or the previous secret', async () => {
    for (const key of [secret, previousSecret]) {
      const body = payload({ account_id: link().id });
      expect((await send(body, sign(body, key))).status).toBe(200);
    }
    expect(await stream.kinds(2)).toEqual(['UPDATED', 'UPDATED']);
  });

  it('rejects every forged signature, reads nothing from StackOne and publishes nothing', async () => {
    const { id } = link();
    const body = payload({ account_id: id });
    const good = sign(body);
    const bytes = Buffer.from(good, 'base64url');
    const forged: (string | undefined)[] = [
      undefined,
      '',
      ' ',
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      bytes.toString('base64'),
      `${good}=`,
      `${good}==`,
      `sha256=${good}`,
      `v1,${good}`,
      `"${good}"`,
      `${good}, ${good}`,
      `${good},${sign(body, previousSecret)}`,
      good.slice(0, -1),
      `${good}A`,
      `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
      good.toLowerCase() === good ? good.toUpperCase() : good.toLowerCase(),
      sign(body, 'another secret'),
      sign(body, ''),
      sign(`${body} `),
      sign(body.toUpperCase()),
      sign(JSON.stringify(JSON.parse(body), null, 2)),
      createHmac('sha1', secret).update(body).digest('base64url'),
      createHmac('sha512', secret).update(body).digest('base64url'),
      secret,
    ];
    expect(forged.length).toBe(25);
    const statuses = [];
    for (const signature of forged) {
      statuses.push((await send(body, signature)).status);
    }
    statuses.push(
      (await send(` ${body}`, good)).status,
      (await send(JSON.stringify(JSON.parse(body), null, 2), good)).status,
    );
    expect(statuses).toEqual(statuses.map(() => 401));
    expect(app.emulator.history).toEqual([]);
    await expectNothingBefore();
    expect(app.logs()).not.toContain('canary_');
  });

  it.each([
    ['text that is not JSON', 'hello', 400],
    ['JSON that is no object', '[]', 400],
    ['no event', '{}', 400],
    ['no account', payload({}), 400],
    ['an account id that is no id', payload({ account_id: '../x' }), 400],
    ['no time', payload({ account_id: 'a', sent_at: undefined }), 400],
    [
      'a time of two days ago',
      payload({ account_id: 'a', sent_at: new Date(Date.now() - 172_800_000).toISOString() }),
      400,
    ],
    ['a time in an hour', payload({ account_id: 'a', sent_at: new Date(Date.now() + 3_600_000).toISOString() }), 400],
    ['an unknown event', payload({ event: 'action.run.succeeded' }), 200],
    ['an event that an object inherits', payload({ event: 'constructor' }), 200],
  ])('%s, signed: reads nothing', async (_title, body, status) => {
    const before = app.logs().length;
    expect((await send(body, sign(body))).status).toBe(status);
    expect(app.emulator.history).toEqual([]);
    await expectNothingBefore();
    // The operator learns of a clock that is wrong: StackOne does not send these webhooks again.
    const reason = /"outcome":"(malformed|outdated)","reason":"(the body is not|sent_at is .*: check the clock)/;
    expect(reason.test(app.logs().slice(before))).toBe(status === 400);
  });

  it('publishes a webhook once, however often and in whatever bytes it is sent again', async () => {
    const { id } = link();
    const fields = { account_id: id, event_date: '2026-11-22T08:00:00.000Z' };
    const bodies = [payload(fields), payload(fields), payload({ ...fields, more: 1 })];
    for (const body of [...bodies, ...bodies]) {
      expect((await send(body, sign(body))).status).toBe(200);
    }
    await stream.kinds(1);
    const { id: other } = link();
    const last = payload({ account_id: other });
    await send(last, sign(last));
    await stream.kinds(2);
    expect(stream.changes.map(({ accountId }) => accountId)).toEqual([id, other]);
  });

  it('accepts a number as the id of an account, as in the lists of StackOne', async () => {
    const { id } = app.emulator.addAccount({ id: '4711', provider: 'bamboohr', ...ownerFields(acme) });
    const body = payload({ account_id: Number(id) });
    expect((await send(body, sign(body))).status).toBe(200);
    await stream.kinds(1);
    expect(stream.changes.map(({ accountId }) => accountId)).toEqual([id]);
  });

  it('responds 405 to other methods, 413 to more than 64 KiB, and never shows the secret', async () => {
    const responses = [
      await fetch(url),
      await send('x'.repeat(65_537), 'x'),
      await fetch(url, { method: 'PUT', body: 'x' }),
    ];
    expect(responses.map(({ status }) => status)).toEqual([405, 413, 405]);
    const texts = await Promise.all(responses.map((response) => response.text()));
    expect(texts[1]).toContain('The limit is 64 KiB.');
    expect(texts.join()).not.toContain(secret);
  });

  it('accepts StackOne’s webhooks during a flood of unsigned ones', async () => {
    const flooded = await startTestApp({ STACKONE_WEBHOOK_SECRET: secret });
    const { id } = flooded.emulator.addAccount({ provider: 'bamboohr', ...ownerFields(acme) });
    const body = payload({ account_id: id });
    const sendOne = (signature: string) => send(body, signature, {}, `${flooded.url}/webhooks/stackone`);
    const flood = await Promise.all(Array.from({ length: 150 }, () => sendOne('forged')));
    const answers = new Set(flood.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`));
    // A slow machine does not send 150 webhooks in a second.
    expect(['401 null', '429 5']).toEqual(expect.arrayContaining([...answers]));
    expect((await sendOne(sign(body))).status).toBe(200);
    const isRead = () => flooded.emulator.history.some(({ path }) => path === `/accounts/${id}`);
    await waitUntil(isRead, 'the account is read');
    await flooded.stop();
  });

  it('is not found while no secret is set', async () => {
    const off = await startTestApp();
    const body = payload({ account_id: 'a' });
    const response = await fetch(`${off.url}/webhooks/stackone`, { method: 'POST', body });
    expect([response.status, off.emulator.history]).toEqual([404, []]);
    expect(off.logs()).toContain('webhooks are off');
    await off.stop();
  });
});

describe('an account change', () => {
  beforeEach(() => {
    Object.assign(app.emulator.settings, { webhookUrl: url, webhookSecret: secret });
  });

  it('is published to the owner of the account in StackOne, whatever the webhook says', async () => {
    app.emulator.settings.webhookUrl = null;
    const { id } = link();
    const others = await openStream(app, globex);
    const body = payload({ account_id: id, origin_owner_id: globex.org_id });
    await send(body, sign(body));
    expect(await stream.kinds(1)).toEqual(['UPDATED']);
    expect(others.changes).toEqual([]);
    others.close();
  });

  it('tells that an account was linked, broke, recovered and was removed', async () => {
    const { id } = link();
    await stream.kinds(1);
    app.emulator.updateAccount(id, { status: 'error' });
    await stream.kinds(2);
    app.emulator.updateAccount(id, { status: 'active' });
    await stream.kinds(3);
    await (await app.sdk(acme)).deleteLinkedAccount({ accountId: id });
    expect(await stream.kinds(4)).toEqual(['LINKED', 'BROKEN', 'RECOVERED', 'REMOVED']);
    expect(stream.changes.map(({ accountId, account }) => [accountId === id, account?.status ?? null])).toEqual([
      [true, 'ACTIVE'],
      [true, 'ERROR'],
      [true, 'ACTIVE'],
      [true, null],
    ]);
  });

  it('ends in the right state when the webhooks arrive in reverse order or twice', async () => {
    app.emulator.settings.webhookFault = 'reorder';
    const { id } = link();
    await (await app.sdk(acme)).deleteLinkedAccount({ accountId: id });
    expect(await stream.kinds(1)).toEqual(['REMOVED']);
    app.emulator.settings.webhookFault = 'repeat';
    const { id: second } = link();
    await stream.kinds(2);
    app.emulator.settings.webhookFault = 'none';
    app.emulator.updateAccount(second, { status: 'expired' });
    expect(await stream.kinds(3)).toEqual(['REMOVED', 'LINKED', 'BROKEN']);
  });

  it('is read again later when StackOne does not respond at first', async () => {
    app.emulator.failNext({ status: 500, match: { method: 'GET', path: '/accounts/' } }, 2);
    link();
    expect(await stream.kinds(1)).toEqual(['LINKED']);
  });

  it('of a new account is published when StackOne has it, and no removal before', async () => {
    app.emulator.failNext({ status: 404, match: { method: 'GET', path: '/accounts/' } });
    link();
    expect(await stream.kinds(1)).toEqual(['LINKED']);
    expect(stream.changes).toHaveLength(1);
  });

  it('of a deletion is published when StackOne no longer has the account, not before', async () => {
    app.emulator.settings.webhookUrl = null;
    const { id } = link();
    const body = payload({ event: 'account.deleted', account_id: id, origin_owner_id: acme.org_id });
    expect((await send(body, sign(body))).status).toBe(200);
    await waitUntil(() => app.emulator.history.length > 0, 'the account is read');
    await (await app.sdk(acme)).deleteLinkedAccount({ accountId: id });
    expect(await stream.kinds(1)).toEqual(['REMOVED']);
    expect(stream.changes).toHaveLength(1);
  });

  it('from a forged webhook does not exist', async () => {
    app.emulator.settings.webhookFault = 'forge';
    link();
    const line =
      '"outcome":"unsigned","reason":"the signature is missing, or is not made with STACKONE_WEBHOOK_SECRET"';
    await waitUntil(() => app.logs().includes(line), 'the forged webhook');
    expect(stream.changes).toEqual([]);
    expect(app.emulator.history).toEqual([]);
  });
});
