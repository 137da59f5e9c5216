import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/src/index.js';
import { Secret } from '../../src/config/secret.js';
import type { OwnedChange } from '../../src/domain/account-change.js';
import { RedisClient } from '../../src/egress/redis.js';
import { ChangeDetector, startRead } from '../../src/events/change-detector.js';
import { MemoryState } from '../../src/events/state/memory-state.js';
import { RedisState } from '../../src/events/state/redis-state.js';
import { Sweep } from '../../src/events/sweep.js';
import { createRateLimits } from '../../src/linking/limits/rate-limits.js';
import { createLogger } from '../../src/observability/logger.js';
import { createObservability } from '../../src/observability/observability.js';
import { createBackgroundContext } from '../../src/observability/request-context.js';
import { StackOneApi } from '../../src/stackone/api.js';
import { StackOneHttpClient } from '../../src/stackone/http/client.js';
import { freePort, startRedis, stopRedis, withRedis } from '../support/redis.js';
import { acme, globex, ownerFields } from '../support/test-env.js';
import { waitUntil } from '../support/wait.js';

const brokenKey = 'stackone-connect:events:broken';

let emulator: Emulator;
let client: StackOneHttpClient;
let api: StackOneApi;
let detector: ChangeDetector;
let sweeps: Sweep[];
let published: string[];
let state: MemoryState;

beforeEach(async () => {
  emulator = await startEmulator();
  const logger = createLogger('silent');
  const limits = createRateLimits({ rateLimitPerOwnerPerMinute: 1000, rateLimitTotalPerMinute: 100_000 }, undefined);
  const config = { apiKey: new Secret(emulator.apiKey), baseUrl: emulator.url, noProxy: [] };
  const observability = createObservability(logger, config.apiKey);
  client = new StackOneHttpClient(config, limits, observability);
  api = new StackOneApi(client, observability);
  state = new MemoryState();
  published = [];
  const createDetector = () =>
    new ChangeDetector(api, state, ({ ownerId, change: { kind, accountId } }) => {
      published.push(`${ownerId} ${kind} ${accountId}`);
    });
  detector = createDetector();
  const createSweep = () => {
    const detector = createDetector();
    return new Sweep({ api, detector, state, logger, intervalSeconds: 300, callsPerMinute: 100_000 });
  };
  sweeps = [createSweep(), createSweep()];
});
afterEach(async () => {
  await client.close();
  await emulator.stop();
});

const add = (id: string, claims = acme) => emulator.addAccount({ id, provider: 'bamboohr', ...ownerFields(claims) });
const remove = (id: string) =>
  fetch(`${emulator.url}/accounts/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Basic ${btoa(`${emulator.apiKey}:`)}` },
  });
/** A sweep of the next interval. */
const sweep = async () => {
  await state.release('sweep');
  await sweeps[0]?.sweep();
  return published.splice(0);
};
const webhook = { accountId: 'a', ownerId: null, sentAt: new Date(), changeId: '' };
const lists = () => emulator.history.filter(({ path }) => path === '/accounts').length;

describe('a sweep', () => {
  it('reports nothing the first time, and then accounts that broke and recovered', async () => {
    add('old');
    emulator.updateAccount('old', { status: 'error' });
    add('a');
    add('b', globex);
    expect(await sweep()).toEqual([]);
    emulator.updateAccount('a', { status: 'expired' });
    emulator.updateAccount('b', { status: 'error' });
    expect(await sweep()).toEqual(['org_acme BROKEN a', 'org_globex BROKEN b']);
    emulator.updateAccount('a', { status: 'active' });
    emulator.updateAccount('old', { status: 'active' });
    expect((await sweep()).sort()).toEqual(['org_acme RECOVERED a', 'org_acme RECOVERED old']);
  });

  it('reads an account on its own only when it is no longer listed as broken', async () => {
    for (const id of ['a', 'b']) {
      add(id);
      emulator.updateAccount(id, { status: 'error' });
    }
    await sweep();
    emulator.updateAccount('b', { status: 'active' });
    const before = emulator.history.length;
    await sweep();
    expect(emulator.history.slice(before).map(({ path }) => path)).toEqual(['/accounts', '/accounts/b']);
  });

  it('is done by one instance in each interval', async () => {
    await Promise.all(sweeps.map((one) => one.sweep()));
    await sweeps[1]?.sweep();
    expect(lists()).toBe(1);
  });

  it('reads all pages, and reports each account once', async () => {
    await sweep();
    for (let count = 0; count < 60; count++) {
      add(`a${count}`);
      emulator.updateAccount(`a${count}`, { status: count % 2 === 0 ? 'error' : 'expired' });
    }
    expect(new Set(await sweep()).size).toBe(60);
    expect(await sweep()).toEqual([]);
  });

  it('ends where StackOne repeats its last page', async () => {
    emulator.settings.oddPaging = 'repeat-last';
    for (let count = 0; count < 25; count++) {
      add(`a${count}`);
      emulator.updateAccount(`a${count}`, { status: 'error' });
    }
    await sweep();
    expect([lists(), (await state.knownBroken())?.size]).toEqual([2, 25]);
  });

  it('does not begin when the server starts, so that a server that restarts often lists no accounts', async () => {
    sweeps[0]?.start();
    expect(await state.claimSweep(1)).toBe(true);
    sweeps[0]?.stop();
  });

  it('reads the pages after one of unreadable rows only', async () => {
    await sweep();
    add('a');
    emulator.updateAccount('a', { status: 'error' });
    const unreadable = { id: 'no.id', provider: 'bamboohr', status: 'error', ...ownerFields(acme) };
    emulator.settings.rawRows = { accounts: Array.from({ length: 25 }, () => unreadable), catalog: [] };
    expect(await sweep()).toEqual(['org_acme BROKEN a']);
  });

  it('believes no status filter: an account that works is not broken because it is listed', async () => {
    const row = { id: 'odd', provider: 'bamboohr', status: 'active', ...ownerFields(acme) };
    // The emulator filters its rows, so the list is a whole response.
    emulator.failNext({ status: 200, body: [row], match: { method: 'GET', path: '/accounts' } }, 2);
    for (const sweepNumber of ['first', 'second']) {
      expect([sweepNumber, await sweep(), await state.knownBroken()]).toEqual([sweepNumber, [], new Set()]);
    }
  });

  it('reports no recovery while the list is incomplete', async () => {
    add('a');
    await sweep();
    emulator.updateAccount('a', { status: 'error' });
    await sweep();
    emulator.failNext({ status: 400, match: { path: '/accounts' } });
    await expect(sweep()).rejects.toThrow();
    expect(published).toEqual([]);
    expect(await sweep()).toEqual([]);
  });

  it('reports the recovery of the others when one account cannot be read, and that one later', async () => {
    const ids = ['a', 'b', 'c'];
    ids.forEach((id) => void add(id));
    await sweep();
    ids.forEach((id) => void emulator.updateAccount(id, { status: 'error' }));
    await sweep();
    ids.forEach((id) => void emulator.updateAccount(id, { status: 'active' }));
    emulator.failNext({ status: 400, match: { path: '/accounts/a' } });
    expect((await sweep()).sort()).toEqual(['org_acme RECOVERED b', 'org_acme RECOVERED c']);
    expect(await sweep()).toEqual(['org_acme RECOVERED a']);
  });

  it('and a webhook report nothing of a read that a later one has overtaken, except that an account was linked', async () => {
    add('a');
    await sweep();
    const early = startRead();
    emulator.updateAccount('a', { status: 'error' });
    const [broken] = (await api.listBrokenAccounts(1, createBackgroundContext())).rows;
    emulator.updateAccount('a', { status: 'active' });
    await detector.accountReported({ ...webhook, kind: 'updated' });
    await (broken && detector.foundBroken(broken, early));
    emulator.failNext({ kind: 'delay', delayMs: 200, match: { path: '/accounts/a' } });
    const slow = detector.accountReported({ ...webhook, kind: 'created' });
    await waitUntil(() => emulator.history.filter(({ path }) => path === '/accounts/a').length === 2, 'the slow read');
    emulator.updateAccount('a', { status: 'error' });
    await detector.accountReported({ ...webhook, kind: 'updated' });
    await slow;
    expect(published).toEqual(['org_acme UPDATED a', 'org_acme BROKEN a', 'org_acme LINKED a']);
  });

  it('reports nothing of an account after its removal, although it was read before', async () => {
    add('a');
    await sweep();
    const early = startRead();
    emulator.updateAccount('a', { status: 'error' });
    const [broken] = (await api.listBrokenAccounts(1, createBackgroundContext())).rows;
    await remove('a');
    await detector.accountReported({ ...webhook, ownerId: acme.org_id, kind: 'deleted' });
    await (broken && detector.foundBroken(broken, early));
    expect([published, broken?.account.id]).toEqual([['org_acme REMOVED a'], 'a']);
  });

  it('a removal is newer than a read that began before StackOne no longer had the account, whichever ends first', async () => {
    const changes: OwnedChange[] = [];
    const other = new ChangeDetector(api, state, (owned) => void changes.push(owned));
    add('a');
    const reported = { ...webhook, ownerId: acme.org_id };
    const reads = () => emulator.history.filter(({ path }) => path === '/accounts/a').length;
    emulator.failNext({ kind: 'delay', delayMs: 300, match: { path: '/accounts/a' } });
    // The emulator looks for the account after the delay.
    const removed = other.accountReported({ ...reported, kind: 'deleted' });
    await waitUntil(() => reads() === 1, 'the slow read');
    await other.accountReported({ ...reported, kind: 'created' });
    await remove('a');
    await removed;
    const [linked, removal] = changes.map(({ change }) => change);
    expect([linked?.kind, removal?.kind]).toEqual(['LINKED', 'REMOVED']);
    expect(removal?.at.getTime()).toBeGreaterThan(linked?.at.getTime() ?? Number.POSITIVE_INFINITY);
  });

  it('ignores accounts in other states and accounts that are gone', async () => {
    add('a');
    add('b');
    await sweep();
    emulator.updateAccount('a', { status: 'inactive' });
    emulator.updateAccount('b', { status: 'error' });
    expect(await sweep()).toEqual(['org_acme BROKEN b']);
    await remove('b');
    expect(await sweep()).toEqual([]);
    expect(await state.knownBroken()).toEqual(new Set());
  });
});

describe('a webhook about an account that StackOne does not have', () => {
  const reported = { ...webhook, ownerId: acme.org_id };
  const minuteAgo = () => new Date(Date.now() - 60_000);

  it.each(['created', 'updated'] as const)('%s, of the last minute: is read again later', async (kind) => {
    await expect(detector.accountReported({ ...reported, kind, sentAt: new Date() })).rejects.toThrow();
    add('a');
    await detector.accountReported({ ...reported, kind, sentAt: new Date() });
    expect(published).toEqual([`org_acme ${kind === 'created' ? 'LINKED' : 'UPDATED'} a`]);
  });

  it.each(['created', 'updated'] as const)('%s, older: the account was removed', async (kind) => {
    await state.setSwept();
    await state.addBroken('a');
    await detector.accountReported({ ...reported, kind, sentAt: minuteAgo() });
    await detector.accountReported({ ...reported, kind: 'deleted' });
    expect([published, await state.knownBroken()]).toEqual([['org_acme REMOVED a'], new Set()]);
  });
});

withRedis('A sweep with Redis', () => {
  it('reports nothing again after Redis has lost its data, and sweeps only while Redis works', async () => {
    const redisPort = await freePort();
    await startRedis(redisPort);
    const logger = createLogger('silent');
    const redis = await RedisClient.connect(`redis://127.0.0.1:${redisPort}`, logger, () => {});
    await waitUntil(() => redis.client.isReady, 'Redis');
    const shared = new RedisState(redis, state);
    const detector = new ChangeDetector(api, shared, ({ ownerId, change: { kind, accountId } }) => {
      published.push(`${ownerId} ${kind} ${accountId}`);
    });
    const sweeper = new Sweep({ api, detector, state: shared, logger, intervalSeconds: 300, callsPerMinute: 100_000 });
    const sweepAgain = async () => {
      await shared.release('sweep');
      await sweeper.sweep();
      return published.splice(0);
    };
    add('a');
    add('b');
    await sweepAgain();
    emulator.updateAccount('a', { status: 'error' });
    expect(await sweepAgain()).toEqual(['org_acme BROKEN a']);
    await redis.client.flushAll();
    expect(await sweepAgain()).toEqual([]);
    await redis.client.del(brokenKey);
    expect(await sweepAgain()).toEqual([]);
    emulator.updateAccount('b', { status: 'error' });
    expect(await sweepAgain()).toEqual(['org_acme BROKEN b']);
    const before = lists();
    await stopRedis();
    await waitUntil(() => !redis.client.isReady, 'the end of Redis');
    expect([await sweepAgain(), lists()]).toEqual([[], before]);
    redis.close();
  });

  it('reports an account that recovered although Redis stops responding while the sweep removes it', async () => {
    const redisPort = await freePort();
    const process = await startRedis(redisPort);
    const logger = createLogger('silent');
    const redis = await RedisClient.connect(`redis://127.0.0.1:${redisPort}`, logger, () => {});
    await waitUntil(() => redis.client.isReady, 'Redis');
    /** Redis hangs from the moment at which it has returned the accounts that were broken. */
    class HangingState extends RedisState {
      override async knownBroken() {
        const known = await super.knownBroken();
        process.kill('SIGSTOP');
        return known;
      }
    }
    const shared = new HangingState(redis, state);
    await shared.addBroken('a');
    await shared.setSwept();
    add('a');
    const detector = new ChangeDetector(api, shared, ({ change: { kind, accountId } }) => {
      published.push(`${kind} ${accountId}`);
    });
    const dependencies = { api, detector, state: shared, logger, intervalSeconds: 300 };
    await new Sweep({ ...dependencies, callsPerMinute: 100_000 }).sweep();
    expect(published).toEqual(['RECOVERED a']);
    process.kill('SIGCONT');
    // It runs the command that it did not respond to.
    const isBroken = () => spawnSync('redis-cli', ['-p', String(redisPort), 'sismember', brokenKey, 'a']).stdout;
    await waitUntil(() => String(isBroken()).trim() === '0', 'Redis removes the account');
    redis.close();
  });

  it('is held up for one interval at most when the clock of Redis was set back', async () => {
    const redisPort = await freePort();
    await startRedis(redisPort);
    const redis = await RedisClient.connect(`redis://127.0.0.1:${redisPort}`, createLogger('silent'), () => {});
    await waitUntil(() => redis.client.isReady, 'Redis');
    const shared = new RedisState(redis, state);
    expect([await shared.claimSweep(300), await shared.claimSweep(300)]).toEqual([true, false]);
    await redis.client.expire('stackone-connect:events:sweep', 3_600);
    expect([await shared.claimSweep(300), await shared.claimSweep(300)]).toEqual([false, true]);
    redis.close();
  });
});
