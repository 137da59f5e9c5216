import type { LinkedAccount } from '../core/failure.js';

/**
 * Text that distinguishes an account from others of the same provider: its label, or when it was linked and the end of
 * its id. Example: `Linked on 3 May 2026 (…1f7c)`, with the date in the language of the browser.
 */
export function describeAccount({ label, createdAt, id }: LinkedAccount): string {
  if (label !== null) {
    return label;
  }
  const linked = createdAt === null ? 'Linked' : `Linked on ${new Date(createdAt).toLocaleDateString(undefined, day)}`;
  return `${linked} (…${id.slice(-4)})`;
}

const day = { dateStyle: 'medium' } as const;
