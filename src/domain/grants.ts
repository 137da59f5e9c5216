import { providerKeyPattern } from './provider.js';

/** What a caller may do. Only `auth/` creates grants, from a verified token or the login of the host app. */
export interface Grants {
  /** Whether the caller may connect, confirm and delete accounts. Reading needs no permission. */
  readonly canManage: boolean;
  /** Keys of the providers that the caller may connect; null: all. */
  readonly providers: readonly string[] | null;
  /** How many accounts the owner may have; null: any number. */
  readonly maxAccounts: number | null;
}

/** For a caller whose grants cannot be read. */
export const noGrants: Grants = { canManage: false, providers: [], maxAccounts: 0 };

const maxProviders = 500;
const greatestLimit = 1_000_000;
/** All providers, and any number of accounts. */
const noLimit = '*';

/** Names the grant that is malformed, never its value. */
export class InvalidGrantError extends Error {
  override readonly name = 'InvalidGrantError';
  constructor(readonly grant: keyof Grants) {
    super(`the grant ${grant} is malformed`);
  }
}

/** Grants as they come from outside. Undefined: this grant is not used, so nothing is restricted by it. */
interface GrantValues {
  readonly canManage?: unknown;
  readonly providers?: unknown;
  readonly maxAccounts?: unknown;
}

/** @throws InvalidGrantError for any value that is not undefined and not valid; null is not valid */
export function parseGrants({ canManage = true, providers, maxAccounts }: GrantValues): Grants {
  if (typeof canManage !== 'boolean') {
    throw new InvalidGrantError('canManage');
  }
  return {
    canManage,
    providers: providers === undefined ? null : parseProviders(providers),
    maxAccounts: maxAccounts === undefined ? null : parseMaxAccounts(maxAccounts),
  };
}

/** A list of texts, or the words of a text with one space between them, as in `scope`. @returns undefined for anything else */
export function parseWords(value: unknown): readonly string[] | undefined {
  const words: unknown = typeof value === 'string' ? value.split(' ') : value;
  return Array.isArray(words) && words.every(isWord) ? words : undefined;
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** An empty list is valid and allows no provider. */
function parseProviders(value: unknown): readonly string[] | null {
  const keys = parseWords(value);
  if (keys === undefined || keys.length > maxProviders || !keys.every((key) => providerKeyPattern.test(key))) {
    throw new InvalidGrantError('providers');
  }
  return keys.includes(noLimit) ? null : [...keys];
}

/** A number, or its digits as a text: some issuers have claims with texts only. */
function parseMaxAccounts(value: unknown): number | null {
  if (value === noLimit) {
    return null;
  }
  const number = typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > greatestLimit) {
    throw new InvalidGrantError('maxAccounts');
  }
  return number;
}
