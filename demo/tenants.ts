import type { Emulator } from '../emulator/src/index.js';

/** The customers of the demo product. There are two, to show that a customer sees its own accounts only. */
export const tenants = {
  acme: { ownerId: 'org_acme', ownerName: 'Acme Corporation', username: 'ada@acme.example' },
  globex: { ownerId: 'org_globex', ownerName: 'Globex', username: 'hank@globex.example' },
} as const;
export type TenantKey = keyof typeof tenants;

export function isTenantKey(value: unknown): value is TenantKey {
  return typeof value === 'string' && Object.hasOwn(tenants, value);
}

/** Adds example accounts: for Acme one that is active and one that must be re-linked, for Globex an active one. */
export function seedAccounts(emulator: Emulator): void {
  const { acme, globex } = tenants;
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
