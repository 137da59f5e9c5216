import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { signIn, startTestApp, type TestApp } from '../support/test-app.js';

const owners = 200;
/** On a machine that a person waits at, a quarter of what CI sends. */
const requests = process.env['CI'] === undefined ? 5_000 : 20_000;
const inFlight = 64;
/** 5 % */
const faultEvery = 20;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ LOG_LEVEL: 'silent' });
});
afterAll(() => app.stop());

const sessionBody = z.object({ account_id: z.string(), origin_owner_id: z.string() });

/** Repeatable pseudo-random numbers from 0 to 1 (mulberry32), so that a failure can be run again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const queries = [
  '{ viewer { ownerId } linkedAccounts { nodes { id label } } }',
  'query ($id: ID!) { viewer { ownerId } linkedAccount(id: $id) { id label } }',
  'mutation ($id: ID!) { confirmLinkedAccount(accountId: $id) { account { id label } userErrors { code } } }',
  'mutation ($id: ID!) { createConnectSession(accountId: $id) { token account { id label } userErrors { code } } }',
];

describe('tenants', () => {
  it(`never see each other: ${requests} interleaved requests of ${owners} owners, ${inFlight} in flight, faults among them`, async () => {
    const random = createRandom(20261122);
    const seeds = Array.from({ length: owners }, (_, number) => {
      const claims = { org_id: `org_${number}`, org_name: `Owner ${number}`, email: `${number}@example.com` };
      // The label says whose it is, so that an answer can be held against the asker.
      const account = app.emulator.addAccount({
        provider: 'bamboohr',
        origin_owner_id: claims.org_id,
        origin_owner_name: claims.org_name,
        label: `of org_${number}.`,
      });
      return { claims, id: account.id };
    });
    const people = await Promise.all(
      seeds.map(async ({ claims, id }) => ({ name: claims.org_id, id, headers: await signIn(claims) })),
    );
    const pick = () => people[Math.floor(random() * owners)] ?? raise('there is nobody');
    let crossings = 0;
    let served = 0;
    let failed = 0;
    let next = 0;

    const worker = async () => {
      while (next < requests) {
        next += 1;
        const asker = pick();
        // Every fourth asks for an account that is somebody else's.
        const target = random() < 0.25 ? pick() : asker;
        // Evenly, because a heap of them would look like an outage, and open the breaker.
        if (next % faultEvery === 0) {
          app.emulator.failNext(random() < 0.5 ? { status: 500 } : { kind: 'reset' });
        }
        const query = queries[Math.floor(random() * queries.length)] ?? raise('there is no query');
        const response = await app.post({ query, variables: { id: target.id } }, asker.headers);
        const names = [...response.text.matchAll(/of (org_\d+)\.|"ownerId":"(org_\d+)"/g)].map(
          (match) => match[1] ?? match[2],
        );
        crossings += names.filter((name) => name !== asker.name).length;
        served += names.length;
        failed += response.json.errors === undefined ? 0 : 1;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));

    expect(crossings).toBe(0);
    expect(served).toBeGreaterThan(requests / 2);
    const faults = app.emulator.history.filter(({ status }) => status === 500 || status === 0);
    expect(faults.length).toBeGreaterThan((requests / faultEvery) * 0.9);
    // Nearly all of them are made good by the second attempt.
    expect(failed).toBeLessThan(faults.length / 2);
    // Every session was minted for its asker: what went upstream names the owner whose account it is.
    const ownerOf = new Map(people.map(({ id, name }) => [id, name]));
    const minted = app.emulator.history.filter(({ path }) => path === '/connect_sessions');
    const wrong = minted.filter(({ body }) => {
      const { account_id, origin_owner_id } = sessionBody.parse(body);
      return ownerOf.get(account_id) !== origin_owner_id;
    });
    expect(minted.length).toBeGreaterThan(requests / 10);
    expect(wrong).toEqual([]);
  }, 240_000);
});

function raise(message: string): never {
  throw new Error(message);
}
