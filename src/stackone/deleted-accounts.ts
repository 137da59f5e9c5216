const maxRemembered = 10_000;

/**
 * The accounts that this process deleted, so that a repeated delete is told apart from an id that never was
 * the owner's. Bounded, the oldest goes first: to another process, or much later, a repeated delete reads as
 * `ACCOUNT_NOT_FOUND`, which is as true.
 */
export class DeletedAccounts {
  readonly #keys = new Set<string>();

  add(ownerId: string, accountId: string): void {
    this.#keys.add(toKey(ownerId, accountId));
    const [oldest] = this.#keys;
    if (this.#keys.size > maxRemembered && oldest !== undefined) {
      this.#keys.delete(oldest);
    }
  }

  has(ownerId: string, accountId: string): boolean {
    return this.#keys.has(toKey(ownerId, accountId));
  }
}

/** Neither id can hold a space. */
function toKey(ownerId: string, accountId: string): string {
  return `${ownerId} ${accountId}`;
}
