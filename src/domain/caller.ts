import type { Grants } from './grants.js';
import type { Owner } from './owner.js';

/** The authenticated person or service that sends a request. */
export interface Caller {
  readonly owner: Owner;
  /** The signed-in person, such as an e-mail address. */
  readonly username: string | null;
  /** When the access token expires; null when the host app authenticates its callers. */
  readonly expiresAt: Date | null;
  readonly grants: Grants;
}
