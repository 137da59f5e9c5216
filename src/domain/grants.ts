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

/** Grants as they come from outside. Undefined: this grant is not used, so nothing is restricted by it. */
interface GrantValues {
  readonly canManage?: unknown;
  readonly providers?: unknown;
  readonly maxAccounts?: unknown;
}

/**
 * With a malformed grant, nothing is allowed. Null is malformed: only undefined means that a grant is not used.
 * @param onInvalid receives the name of a malformed grant, never its value
 */
export function parseGrants(values: GrantValues, onInvalid: (grant: keyof Grants) => void): Grants {
  const { canManage = true, providers = noLimit, maxAccounts = noLimit } = values;
  const keys = parseProviders(providers);
  const limit = parseMaxAccounts(maxAccounts);
  if (typeof canManage === 'boolean' && keys !== undefined && limit !== undefined) {
    return { canManage, providers: keys, maxAccounts: limit };
  }
  const problem = keys === undefined ? 'providers' : 'maxAccounts';
  onInvalid(typeof canManage === 'boolean' ? problem : 'canManage');
  return noGrants;
}

/** A list of texts, or the words of a text with one space between them, as in `scope`. @returns undefined for anything else */
export function parseWords(value: unknown): readonly string[] | undefined {
  const words: unknown = typeof value === 'string' ? value.split(' ') : value;
  return Array.isArray(words) && words.every(isWord) ? words : undefined;
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** An empty list is valid and allows no provider. @returns undefined for a malformed value */
function parseProviders(value: unknown): readonly string[] | null | undefined {
  const keys = parseWords(value);
  if (keys === undefined || keys.length > maxProviders || !keys.every((key) => providerKeyPattern.test(key))) {
    return undefined;
  }
  return keys.includes(noLimit) ? null : [...keys];
}

/** A number, or its digits as a text: some issuers have claims with texts only. @returns undefined for a malformed value */
function parseMaxAccounts(value: unknown): number | null | undefined {
  if (value === noLimit) {
    return null;
  }
  const number = typeof value === 'string' && /^\d{1,7}$/.test(value) ? Number(value) : value;
  const isValid = typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= greatestLimit;
  return isValid ? number : undefined;
}
