import type { LinkedAccount } from '../core/failure.js';
import { defaultLabels } from './en.js';
import { formatDay } from './format.js';
import type { ConnectLabels } from './labels.js';

/**
 * Text that distinguishes an account from others of the same provider: its label, or when it was linked and the end of
 * its id. Example: `Linked on 3 May 2026 (…1f7c)`.
 * @param labels Default: in English
 * @param accounts the accounts of the provider: a label of several of them is not enough. Default: none
 */
export function describeAccount(
  { label, createdAt, id }: LinkedAccount,
  labels: ConnectLabels = defaultLabels,
  accounts: readonly LinkedAccount[] = [],
): string {
  if (label !== null && accounts.every((other) => other.id === id || other.label !== label)) {
    return label;
  }
  const day = createdAt === null ? null : formatDay(labels, createdAt);
  return `${label ?? labels.linkedOn(day)} ${endOfId(id)}`;
}

/** Distinguishes accounts that have nothing else that a user recognizes: `(…1f7c)`. */
export const endOfId = (id: string): string => `(…${id.slice(-4)})`;
