import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { redact, splitSecrets, type Values } from './credentials.js';
import { StackOneError } from './errors.js';
import { findProvider } from './providers.js';
import type { WebhookEvent } from './webhooks.js';

export interface StatusReason {
  code?: string | null | undefined;
  description?: string | null | undefined;
  timestamp: string;
}

/** An account in the format of StackOne's API. */
export interface Account {
  id: string;
  provider: string;
  provider_name: string;
  /** `active`, `inactive`, `suspended`, `archived`, `expired`, `error` or a value that StackOne adds later. */
  status: string;
  status_reasons: StatusReason[];
  origin_owner_id: string;
  origin_owner_name: string;
  origin_username: string | null;
  label: string | null;
  type: string | null;
  categories: string[];
  /** Redacted secrets, as in StackOne's API. With them a test can check that a server does not expose this field. */
  credentials: Values;
  setup_information: Values;
  created_at: string;
  updated_at: string;
}

/** Fields that a test can set. `credentials` contains plain values of all fields, including secrets. */
export type AccountPatch = Partial<Omit<Account, 'id' | 'provider_name' | 'categories' | 'setup_information'>>;
export type AccountSeed = AccountPatch &
  Pick<Account, 'provider' | 'origin_owner_id' | 'origin_owner_name'> & { id?: string };

type StoredAccount = Omit<Account, 'provider_name' | 'categories' | 'setup_information'>;

/** The parameters of a session. Missing optional parameters are null. */
interface SessionRequest {
  origin_owner_id: string;
  origin_owner_name: string;
  origin_username: string | null;
  provider: string | null;
  categories: string[] | null;
  account_id: string | null;
  label: string | null;
  metadata: Record<string, unknown> | null;
  type: string | null;
  integration_id: string | null;
  multiple: boolean;
}

export type Session = SessionRequest & {
  id: number;
  token: string;
  external_trigger_token: string;
  created_at: string;
  expiresAt: number;
};

type AttemptStatus = 'pending' | 'authenticated' | 'error' | 'cancelled' | 'expired';

/** One OAuth consent, from the click in the Hub to the result in the popup. */
export interface Attempt {
  id: string;
  token: string;
  status: AttemptStatus;
  account_id: string | null;
  error: { code: string; description: string } | null;
  created_at: string;
  updated_at: string;
}

const attemptLifetimeMs = 10 * 60 * 1000;

/** The data of the emulator, and its clock. */
export class Store {
  readonly #systemNow: () => number;
  readonly #onChange: (event: WebhookEvent, account: Account) => void;
  readonly #sessions = new Map<string, Session>();
  readonly #accounts = new Map<string, StoredAccount>();
  readonly #attempts = new Map<string, Attempt>();
  #offsetMs = 0;
  #sessionCount = 0;

  /** @param onChange receives changes that StackOne sends webhooks about */
  constructor(systemNow: () => number, onChange: (event: WebhookEvent, account: Account) => void) {
    this.#systemNow = systemNow;
    this.#onChange = onChange;
  }

  now(): Date {
    return new Date(this.#systemNow() + this.#offsetMs);
  }

  /** @throws StackOneError 400 */
  advance(seconds: number): void {
    const offsetMs = this.#offsetMs + seconds * 1000;
    if (Number.isNaN(new Date(this.#systemNow() + offsetMs).getTime())) {
      throw new StackOneError(400, 'seconds: must lead to a valid time');
    }
    this.#offsetMs = offsetMs;
  }

  clear(): void {
    this.#sessions.clear();
    this.#accounts.clear();
    this.#attempts.clear();
    this.#offsetMs = 0;
    this.#sessionCount = 0;
  }

  createSession(request: SessionRequest, expiresInSeconds: number): Session {
    const now = this.now();
    this.#sessionCount += 1;
    const session: Session = {
      ...request,
      id: this.#sessionCount,
      token: randomBytes(32).toString('base64url'),
      external_trigger_token: randomUUID(),
      created_at: now.toISOString(),
      expiresAt: now.getTime() + expiresInSeconds * 1000,
    };
    this.#sessions.set(session.token, session);
    return session;
  }

  /** @returns undefined when the token is unknown or expired */
  findValidSession(token: string): Session | undefined {
    const session = this.#sessions.get(token);
    return session && session.expiresAt > this.now().getTime() ? session : undefined;
  }

  /** All accounts, oldest first. */
  accounts(matches?: (account: StoredAccount) => boolean): Account[] {
    return this.accountReaders(matches).map((read) => read());
  }

  /** For a page of many accounts: each function returns one of them, in the order of their creation. */
  accountReaders(matches: (account: StoredAccount) => boolean = () => true): (() => Account)[] {
    return [...this.#accounts.values()]
      .filter(matches)
      .sort((a, b) => (a.created_at < b.created_at ? -1 : Number(a.created_at > b.created_at)))
      .map((stored) => () => toPublicAccount(stored));
  }

  account(id: string): Account | undefined {
    const stored = this.#accounts.get(id);
    return stored && toPublicAccount(stored);
  }

  addAccount(seed: AccountSeed): Account {
    const now = this.now().toISOString();
    const account: StoredAccount = {
      // 20 digits, like StackOne's ids: too long for a JavaScript number, so that parsing them as numbers fails tests.
      id: `4${Array.from({ length: 19 }, () => randomInt(10)).join('')}`,
      status: 'active',
      status_reasons: [],
      origin_username: null,
      label: null,
      type: 'production',
      credentials: exampleCredentials(seed.provider),
      created_at: now,
      updated_at: seed.created_at ?? now,
      ...seed,
    };
    this.#accounts.set(account.id, account);
    return this.#changed('account.created', toPublicAccount(account));
  }

  /** @returns undefined when no account has this id */
  updateAccount(id: string, patch: AccountPatch): Account | undefined {
    const stored = this.#accounts.get(id);
    if (!stored) {
      return undefined;
    }
    const updated: StoredAccount = { ...stored, updated_at: this.now().toISOString(), ...patch };
    this.#accounts.set(id, updated);
    return this.#changed('account.updated', toPublicAccount(updated));
  }

  deleteAccount(id: string): Account | undefined {
    const account = this.account(id);
    this.#accounts.delete(id);
    return account && this.#changed('account.deleted', account);
  }

  #changed(event: WebhookEvent, account: Account): Account {
    this.#onChange(event, account);
    return account;
  }

  /** The plain credentials of an account, including secrets. Empty for an unknown id. */
  credentialsOf(id: string): Values {
    return this.#accounts.get(id)?.credentials ?? {};
  }

  /**
   * The existing account that a session edits: the account with its `account_id`, else the account with the same
   * owner id, owner name and provider. As at StackOne, an owner with a new name gets a new account.
   */
  existingAccount(session: Session, provider = session.provider): Account | undefined {
    if (session.account_id !== null) {
      return this.account(session.account_id);
    }
    if (session.multiple) {
      return undefined;
    }
    const [existing] = this.accounts(
      (account) =>
        account.provider === provider &&
        account.origin_owner_id === session.origin_owner_id &&
        account.origin_owner_name === session.origin_owner_name,
    );
    return existing;
  }

  /** Completes a session: re-links the account that the session edits, or adds an account for its owner. */
  link(session: Session, provider: string, credentials: Values): Account {
    const existing = this.existingAccount(session, provider);
    const linked = existing && this.relink(session, existing.id, credentials);
    if (linked) {
      return linked;
    }
    const { origin_owner_id, origin_owner_name, origin_username, label, type } = session;
    const origin = { origin_owner_id, origin_owner_name, origin_username };
    return this.addAccount({ provider, ...origin, label, type: type ?? 'production', credentials });
  }

  relink(session: Session, id: string, credentials: Values): Account | undefined {
    const label = session.label === null ? {} : { label: session.label };
    return this.updateAccount(id, { status: 'active', status_reasons: [], credentials, ...label });
  }

  createAttempt(session: Session): Attempt {
    const now = this.now().toISOString();
    const id = randomUUID();
    const attempt: Attempt = {
      id,
      token: session.token,
      status: 'pending',
      account_id: null,
      error: null,
      created_at: now,
      updated_at: now,
    };
    this.#attempts.set(id, attempt);
    return attempt;
  }

  /** @returns undefined when the attempt is unknown or belongs to another session */
  attempt(session: Session, id: string): Attempt | undefined {
    const attempt = this.#attempts.get(id);
    if (attempt?.token !== session.token) {
      return undefined;
    }
    const age = this.now().getTime() - Date.parse(attempt.created_at);
    if (attempt.status === 'pending' && age > attemptLifetimeMs) {
      attempt.status = 'expired';
    }
    return attempt;
  }

  latestAttempt(session: Session): Attempt | undefined {
    const last = [...this.#attempts.values()].findLast(({ token }) => token === session.token);
    return last && this.attempt(session, last.id);
  }

  /** Ends a pending attempt. Does nothing when the attempt has already ended. */
  finishAttempt(attempt: Attempt, outcome: Pick<Attempt, 'status'> & Partial<Attempt>): void {
    if (attempt.status !== 'pending') {
      return;
    }
    Object.assign(attempt, { updated_at: this.now().toISOString() }, outcome);
  }
}

function toPublicAccount(stored: StoredAccount): Account {
  const provider = findProvider(stored.provider);
  const { open, secrets } = splitSecrets(provider, stored.credentials);
  return {
    ...stored,
    provider_name: provider?.name ?? stored.provider,
    categories: provider ? [provider.category] : [],
    credentials: redact(secrets),
    setup_information: open,
  };
}

/** Example credentials of a seeded account, so that the Hub can show values when the account is edited. */
function exampleCredentials(providerKey: string): Values {
  const { fields = [], secretPrefix = '' } = findProvider(providerKey) ?? {};
  return Object.fromEntries(
    fields.map(({ key, secret, placeholder = 'example', options }) => [
      key,
      secret ? `${secretPrefix}seeded-${randomBytes(6).toString('hex')}` : (options?.[0]?.value ?? placeholder),
    ]),
  );
}
