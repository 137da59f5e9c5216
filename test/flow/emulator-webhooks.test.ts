import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { acmeOwner, startSharedEmulator } from '../support/emulator-client.js';
import { listen } from '../support/listen.js';
import { inPackage } from '../support/package-files.js';
import { waitUntil } from '../support/wait.js';

const run = promisify(execFile);

interface Received {
  readonly name: string;
  readonly path: string | undefined;
  readonly signature: unknown;
  readonly body: string;
}

const payloadSchema = z.object({ event: z.string(), account_id: z.string() });
const emulator = await startSharedEmulator();
const received: Received[] = [];
let respond: (response: ServerResponse, name: string) => void;
const receiver = await listen(
  createServer(async (request, response) => {
    const body = await text(request);
    const { event, account_id } = payloadSchema.parse(JSON.parse(body));
    const name = `${account_id} ${event}`;
    received.push({ name, path: request.url, signature: request.headers['x-stackone-signature'], body });
    respond(response, name);
  }),
);
beforeEach(() => {
  received.length = 0;
  respond = (response) => response.end();
  emulator.settings.webhookUrl = `${receiver.url}/webhooks`;
});
afterAll(() => receiver.close());

const names = () => received.map(({ name }) => name);
const add = (id: string) => emulator.addAccount({ id, provider: 'jira', ...acmeOwner });
const arrived = (count: number) =>
  waitUntil(
    () => received.length >= count,
    () => `${count} webhooks, received: ${names()}`,
  );

describe('webhooks of the emulator', () => {
  it('are signed with the secret, and name the project of the settings', async () => {
    Object.assign(emulator.settings, { webhookSecret: 'whsec_test', projectId: 'staging' });
    add('a');
    await arrived(1);
    const body = received[0]?.body ?? '';
    expect(received[0]?.signature).toBe(createHmac('sha256', 'whsec_test').update(body).digest('base64url'));
    expect(JSON.parse(body)).toEqual({
      project_id: 'staging',
      event: 'account.created',
      event_date: expect.stringMatching(/Z$/),
      sent_at: expect.stringMatching(/Z$/),
      record_type: 'account',
      record_id: 'a',
      account_id: 'a',
      provider: 'jira',
      ...acmeOwner,
      origin_username: null,
    });
  });

  it('of one account arrive in order, and do not wait for those of other accounts', async () => {
    let release = () => {};
    respond = (response, name) => {
      if (name === 'a account.created') {
        release = () => response.end();
        return;
      }
      response.end();
      release();
    };
    add('a');
    emulator.updateAccount('a', { label: 'New' });
    add('b');
    await arrived(3);
    expect(names()).toEqual(['a account.created', 'b account.created', 'a account.updated']);
  });

  it('are sent again without a response or after 3xx, 429 and 5xx, and not after another status', async () => {
    const again = ['302', '429', '500', '503', 'none'];
    const once = ['200', '204', '400', '401', '404'];
    respond = (response, name) => {
      const status = Number(name.split(' ')[0]);
      if (Number.isNaN(status)) {
        response.destroy();
      } else {
        response.writeHead(status, { location: '/elsewhere' }).end();
      }
    };
    // The second attempts of the first ones would come before those of the last ones.
    for (const id of [...once, ...again]) {
      add(id);
    }
    await arrived(once.length + 2 * again.length);
    const expected = [...once, ...again, ...again].map((id) => `${id} account.created`);
    expect(names().toSorted()).toEqual(expected.toSorted());
    expect(new Set(received.map(({ path }) => path))).toEqual(new Set(['/webhooks']));
  });

  it('wait in any number without a warning of Node.js', async () => {
    const script = `import { startEmulator } from '${inPackage('emulator/dist/index.js')}';
      const emulator = await startEmulator({ settings: { webhookUrl: '${receiver.url}' } });
      for (let index = 0; index < 20; index++) {
        emulator.addAccount({ provider: 'jira', origin_owner_id: 'o', origin_owner_name: 'o' });
      }`;
    const { stderr } = await run(process.execPath, [
      '--input-type=module',
      '--eval',
      `${script} await emulator.stop();`,
    ]);
    expect(stderr).toBe('');
  });

  it('are sent in a test environment that replaces globals of Node.js, as jsdom does', async () => {
    const script = `import { JSDOM } from 'jsdom';
      import { startEmulator } from '${inPackage('emulator/dist/index.js')}';
      const { AbortController, AbortSignal } = new JSDOM().window;
      Object.assign(globalThis, { AbortController, AbortSignal, fetch: undefined });
      const emulator = await startEmulator({ settings: { webhookUrl: '${receiver.url}' } });
      emulator.addAccount({ id: 'a', provider: 'jira', origin_owner_id: 'o', origin_owner_name: 'o' });
      process.once('disconnect', () => emulator.stop());`;
    const environment = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: inPackage('.'),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const exit = once(environment, 'exit');
    await Promise.race([arrived(1), exit]);
    if (environment.connected) {
      environment.disconnect();
    }
    expect(await exit).toEqual([0, null]);
    expect(names()).toEqual(['a account.created']);
  });

  it('with reorder arrive in pairs, the second one first', async () => {
    emulator.settings.webhookFault = 'reorder';
    for (const id of ['a', 'b', 'c', 'd']) {
      add(id);
    }
    await arrived(4);
    expect(names()).toEqual(['b', 'a', 'd', 'c'].map((id) => `${id} account.created`));
  });

  it('with delay arrive after those that were sent later without it; reset forgets them', async () => {
    Object.assign(emulator.settings, { webhookFault: 'delay', webhookDelayMs: 60 });
    const { webhookUrl } = emulator.settings;
    add('forgotten');
    emulator.reset();
    Object.assign(emulator.settings, { webhookUrl, webhookFault: 'delay', webhookDelayMs: 120 });
    add('late');
    emulator.settings.webhookFault = 'none';
    add('early');
    await arrived(2);
    expect(names()).toEqual(['early account.created', 'late account.created']);
  });
});
