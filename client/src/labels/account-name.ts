import type { LinkedAccount } from '../core/failure.js';
import { defaultLabels } from './en.js';
import { formatDay } from './format.js';
import type { ConnectLabels } from './labels.js';

/**
 * Text that distinguishes an account from others of the same provider: its label, or when it was linked and the end of
 * its id. Example: `Linked on 3 May 2026 (…1f7c)`.
 * @param labels Default: in English
 */
export function describeAccount(
  { label, createdAt, id }: LinkedAccount,
  labels: ConnectLabels = defaultLabels,
): string {
  const day = createdAt === null ? null : formatDay(labels, createdAt);
  return label ?? `${labels.linkedOn(day)} (…${id.slice(-4)})`;
}
