import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ownerFields, sessionRequests, signIn, startSharedApp } from '../support/test-app.js';

const owners = 200;
/** A higher number finds rare failures. */
const requests = Number(process.env['ISOLATION_REQUESTS'] ?? 1_000);
const inFlight = 64;
/** 5 % */
const faultEvery = 20;

const app = await startSharedApp({
  LOG_LEVEL: 'silent',
  MANAGE_PERMISSION: 'manage',
  PROVIDERS_CLAIM: 'providers',
  MAX_ACCOUNTS_CLAIM: 'max',
});

/** The grants of every sixth owner, and whether they allow a mutation and a session for the owner's account. */
const grants = [
  { permissions: ['manage'], providers: ['*'], max: 1000, mayManage: true, mayConnect: true },
  { permissions: ['manage'], providers: ['bamboohr'], max: 1, mayManage: true, mayConnect: true },
  { permissions: ['manage'], providers: ['*'], max: 0, mayManage: true, mayConnect: true },
  { permissions: ['manage'], providers: ['workday'], max: 5, mayManage: true, mayConnect: false },
  { permissions: ['read'], providers: ['*'], max: 5, mayManage: false, mayConnect: false },
  { permissions: ['manage'], providers: ['*'], mayManage: false, mayConnect: false },
] as const;

const sessionBody = z.object({ account_id: z.string(), origin_owner_id: z.string() });

/** Reproducible pseudo-random numbers from 0 to 1 (mulberry32). */
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

describe('owner isolation', () => {
  it(`holds for ${requests} interleaved requests of ${owners} owners, ${inFlight} in flight, with upstream faults and mixed grants`, async () => {
    const random = createRandom(20261122);
    const seeds = Array.from({ length: owners }, (_, number) => {
      const claims = { org_id: `org_${number}`, org_name: `Owner ${number}`, email: `${number}@example.com` };
      // The label contains the owner, so that the test can compare it with the caller.
      const account = app.emulator.addAccount({
        provider: 'bamboohr',
        ...ownerFields(claims),
        label: `of org_${number}.`,
      });
      const { mayManage, mayConnect, ...granted } = grants[number % grants.length] ?? raise('there are no grants');
      return { claims: { ...claims, ...granted }, id: account.id, mayManage, mayConnect };
    });
    const callers = await Promise.all(
      seeds.map(async ({ claims, ...seed }) => ({
        ...seed,
        claims,
        name: claims.org_id,
        headers: await signIn(claims),
      })),
    );
    const pick = () => callers[Math.floor(random() * owners)] ?? raise('there is no caller');
    let leaks = 0;
    let served = 0;
    const crossings: object[] = [];
    let refused = 0;
    let failed = 0;
    let next = 0;

    const worker = async () => {
      while (next < requests) {
        next += 1;
        const caller = pick();
        // A quarter of the requests use the account of another owner.
        const target = random() < 0.25 ? pick() : caller;
        // The faults are evenly distributed: consecutive ones would open the circuit breaker.
        if (next % faultEvery === 0) {
          app.emulator.failNext(random() < 0.5 ? { status: 500 } : { kind: 'reset' });
        }
        const query = queries[Math.floor(random() * queries.length)] ?? raise('there is no query');
        const response = await app.post({ query, variables: { id: target.id } }, caller.headers);
        const ownerNames = [...response.text.matchAll(/of (org_\d+)\.|"ownerId":"(org_\d+)"/g)].map(
          (match) => match[1] ?? match[2],
        );
        leaks += ownerNames.filter((name) => name !== caller.name).length;
        served += ownerNames.length;
        const codes = response.text.match(/FORBIDDEN|PROVIDER_NOT_ALLOWED|ACCOUNT_LIMIT_REACHED/)?.[0];
        const isMutation = query.startsWith('mutation');
        const isOwnSession = query.includes('createConnectSession') && target === caller;
        const isAllowed = !isMutation || (caller.mayManage && (caller.mayConnect || !isOwnSession));
        const isRefused = codes !== undefined;
        // A fault of StackOne can come first, but only where the account has to be read. A slow machine decides nothing.
        const isFault =
          response.text.includes('"code":"OVERLOADED"') ||
          (/"code":"UPSTREAM_/.test(response.text) && !(isMutation && !caller.mayManage));
        if (isAllowed === isRefused && !isFault) {
          crossings.push({ query, grants: caller.claims, isAllowed, text: response.text });
        }
        refused += isRefused ? 1 : 0;
        failed += isRefused || response.json.errors === undefined ? 0 : 1;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));

    expect(leaks).toBe(0);
    expect(crossings).toEqual([]);
    expect(refused).toBeGreaterThan(requests / 10);
    expect(served).toBeGreaterThan(requests / 3);
    const faults = app.emulator.history.filter(({ status }) => status === 500 || status === 0);
    expect(faults.length).toBeGreaterThan((requests / faultEvery) * 0.9);
    // Most second attempts succeed.
    expect(failed).toBeLessThan(faults.length / 2);
    // Every session was created for the owner of its account.
    const ownerOf = new Map(callers.map(({ id, name }) => [id, name]));
    const created = sessionRequests(app.emulator);
    const mismatched = created.filter(({ body }) => {
      const { account_id, origin_owner_id } = sessionBody.parse(body);
      return ownerOf.get(account_id) !== origin_owner_id;
    });
    expect(created.length).toBeGreaterThan(requests / 20);
    expect(mismatched).toEqual([]);
    // No session was created for an owner whose grants refuse it.
    const mayConnect = new Map(callers.map((caller) => [caller.name, caller.mayConnect]));
    const sessionOwners = created.map(({ body }) => sessionBody.parse(body).origin_owner_id);
    expect(sessionOwners.filter((name) => mayConnect.get(name) !== true)).toEqual([]);
  }, 240_000);
});

function raise(message: string): never {
  throw new Error(message);
}
