import { Owner } from '../../src/domain/owner.js';

/** Checked by `npm run typecheck`: no code outside of `Owner.parse` can create an owner. */

// @ts-expect-error an object that only looks like an owner
export const lookAlike: Owner = { id: 'org_acme', name: 'Acme' };

// @ts-expect-error the constructor is private
export const created = new Owner('org_acme', 'Acme');
