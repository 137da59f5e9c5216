import type { LinkedAccount, LinkedAccountStatus } from '../domain/linked-account.js';
import type { Owner } from '../domain/owner.js';
import type { Category, Provider } from '../domain/provider.js';

/** What goes into StackOne's API and comes out of it, in this project's own words. */

export interface NewConnectSession {
  readonly owner: Owner;
  readonly username: string | null;
  readonly provider: string | undefined;
  readonly category: Category | undefined;
  /** The account to re-link. The caller has proven that it belongs to the owner. */
  readonly accountId: string | undefined;
  readonly label: string | undefined;
  /** Allows a further account of the same owner and provider. */
  readonly allowMultiple: boolean;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly expiresInSeconds: number;
}

export interface MintedSession {
  readonly token: string;
  /** Parsed only when it is called, because that takes as long as the rest of the response. */
  readonly readAuthLinkUrl: () => string | null;
  /** The StackOne project of the API key. Null when StackOne does not state it. */
  readonly readProjectId: () => string | null;
}

/** An account as StackOne returns it. StackOne's key sees the accounts of all owners, so compare `ownerId` first. */
export interface AccountRecord {
  readonly ownerId: string | null;
  readonly account: LinkedAccount;
}

export interface AccountsQuery {
  readonly ownerId: string;
  readonly provider?: string | undefined;
  readonly statuses?: readonly LinkedAccountStatus[] | undefined;
  /** From 1. */
  readonly page: number;
}

/** A page of one of StackOne's lists. */
export interface Page<Row> {
  /** The rows that could be read. */
  readonly rows: readonly Row[];
  /** All rows of the page, readable or not. */
  readonly rowCount: number;
  /** Rows of all pages and rows per page, where StackOne states them. */
  readonly total: number | undefined;
  readonly pageSize: number | undefined;
  readonly bytes: number;
}

export interface ProviderList {
  /** The enabled providers, each once. */
  readonly providers: readonly Provider[];
  /** StackOne has rows that were not read: a provider that is not in the list can be enabled. */
  readonly truncated: boolean;
  /** The endpoint that has the catalog of this project. */
  readonly endpoint: { readonly path: string; readonly isDeprecated: boolean };
}

/** A webhook about an account. It is a hint only: read the account again. */
export interface AccountWebhook {
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly accountId: string;
  /** Use it only for an account that StackOne no longer has. */
  readonly ownerId: string | null;
  readonly sentAt: Date;
  /** The same for every webhook about the same change. */
  readonly changeId: string;
}
