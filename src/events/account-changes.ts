import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { OwnedChange } from '../domain/account-change.js';

type Listener = (owned: OwnedChange) => void;
/** @param isOwn whether this instance has published the change */
type Follower = (owned: OwnedChange, isOwn: boolean) => void;

/** A change with an id, so that a change that is sent twice is published once. */
export interface ChangeMessage extends OwnedChange {
  readonly id: string;
}

const maxRememberedIds = 10_000;

/** Publish and subscribe for account changes, by owner. A subscriber can name no other owner than its own. */
export class AccountChanges {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #seen = new LRUCache<string, true>({ max: maxRememberedIds });
  readonly #sendToOthers: ((message: ChangeMessage) => void) | undefined;
  #follower: Follower | undefined;

  /** @param sendToOthers carries the changes of this instance to the others */
  constructor(sendToOthers?: (message: ChangeMessage) => void) {
    this.#sendToOthers = sendToOthers;
  }

  /** For the delivery to the product: the changes of all owners. */
  follow(follower: Follower): void {
    this.#follower = follower;
  }

  publish({ ownerId, change }: OwnedChange): void {
    const message = { id: randomUUID(), ownerId, change };
    this.deliver(message, true);
    this.#sendToOthers?.(message);
  }

  /** For a message of this or another instance. */
  deliver({ id, ownerId, change }: ChangeMessage, isOwn = false): void {
    if (!this.#seen.has(id)) {
      this.#seen.set(id, true);
      this.#follower?.({ ownerId, change }, isOwn);
      for (const listener of this.#listeners.get(ownerId) ?? []) {
        listener({ ownerId, change });
      }
    }
  }

  /** @returns ends the subscription */
  listen(ownerId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(ownerId) ?? new Set();
    this.#listeners.set(ownerId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(ownerId) === listeners) {
        this.#listeners.delete(ownerId);
      }
    };
  }
}
