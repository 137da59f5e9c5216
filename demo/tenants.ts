import type { Emulator } from '../emulator/src/index.js';

/** A customer of the demo product, as its access tokens describe it. */
interface Tenant {
  readonly ownerId: string;
  readonly ownerName: string;
  /** The person who signs in by default, and who may manage accounts. */
  readonly username: string;
  /** Usernames of colleagues who see the accounts only. */
  readonly viewers: readonly string[];
  /** `*`: no limit. */
  readonly providers: readonly string[];
  readonly maxAccounts: number | '*';
}

const noLimit = { providers: ['*'], maxAccounts: '*' } as const;

/**
 * The customers of the demo product. Two show that a customer sees its own accounts only. The third one has a small
 * plan: few providers, and two accounts.
 */
export const tenants = {
  acme: {
    ownerId: 'org_acme',
    ownerName: 'Acme Corporation',
    username: 'ada@acme.example',
    viewers: ['sam@acme.example'],
    ...noLimit,
  },
  globex: { ownerId: 'org_globex', ownerName: 'Globex', username: 'hank@globex.example', viewers: [], ...noLimit },
  initech: {
    ownerId: 'org_initech',
    ownerName: 'Initech',
    username: 'joanna@initech.example',
    viewers: [],
    providers: ['bamboohr', 'personio', 'docebo'],
    maxAccounts: 2,
  },
} as const satisfies Record<string, Tenant>;
export type TenantKey = keyof typeof tenants;

export function isTenantKey(value: unknown): value is TenantKey {
  return typeof value === 'string' && Object.hasOwn(tenants, value);
}

/** The permission without which a person of the demo sees accounts only. */
export const managePermission = 'integrations:manage';

export interface Person {
  readonly username: string;
  readonly permissions: readonly string[];
}

/** @param name the part of a username in front of the `@`; undefined: the person who signs in by default */
export function findPerson(tenant: TenantKey, name: unknown): Person | undefined {
  const { username, viewers } = tenants[tenant];
  const people = [
    { username, permissions: [managePermission] },
    ...viewers.map((viewer) => ({ username: viewer, permissions: [] })),
  ];
  return name === undefined ? people[0] : people.find((person) => person.username.split('@')[0] === name);
}

/**
 * Adds example accounts: for Acme one that is active and one that must be re-linked, and an active one for each other
 * customer.
 */
export function seedAccounts(emulator: Emulator): void {
  const { acme, globex, initech } = tenants;
  emulator.addAccount({
    provider: 'greenhouse',
    origin_owner_id: acme.ownerId,
    origin_owner_name: acme.ownerName,
    origin_username: acme.username,
    label: 'Recruiting',
  });
  emulator.addAccount({
    provider: 'hubspot',
    origin_owner_id: acme.ownerId,
    origin_owner_name: acme.ownerName,
    origin_username: 'grace@acme.example',
    status: 'expired',
    status_reasons: [
      {
        code: 'refresh_token_expired',
        description: 'HubSpot no longer accepts the stored credentials.',
        timestamp: new Date().toISOString(),
      },
    ],
  });
  emulator.addAccount({
    provider: 'workday',
    origin_owner_id: globex.ownerId,
    origin_owner_name: globex.ownerName,
    origin_username: globex.username,
    label: 'Head office',
  });
  emulator.addAccount({
    provider: 'docebo',
    origin_owner_id: initech.ownerId,
    origin_owner_name: initech.ownerName,
    origin_username: initech.username,
  });
}

/** An active account of the customer stops working, as if its password had changed. @returns its id; null without one */
export function breakAccount(emulator: Emulator, tenant: TenantKey): string | null {
  const { ownerId } = tenants[tenant];
  const working = emulator
    .accounts()
    .find(({ origin_owner_id, status }) => origin_owner_id === ownerId && status === 'active');
  if (working === undefined) {
    return null;
  }
  const description = 'The provider rejected the stored password.';
  const reason = { code: 'invalid_credentials', description, timestamp: new Date().toISOString() };
  emulator.updateAccount(working.id, { status: 'error', status_reasons: [reason] });
  return working.id;
}
