import type { OwnedChange } from '../domain/account-change.js';
import type { AccountChanges } from './account-changes.js';

/** A client that reads more slowly loses its stream, and reads the accounts again. */
const maxWaiting = 100;

/** The changes of one owner, in order, from now until `return()` is called or too many of them wait. */
export function queueChanges(changes: AccountChanges, ownerId: string): AsyncIterableIterator<OwnedChange> {
  const waiting: OwnedChange[] = [];
  let wake: (() => void) | undefined;
  let isOver = false;
  const end = () => {
    isOver = true;
    stopListening();
    wake?.();
  };
  const stopListening = changes.listen(ownerId, (change) => {
    waiting.push(change);
    if (waiting.length > maxWaiting) {
      end();
    }
    wake?.();
  });
  return {
    async next() {
      while (waiting.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const value = waiting.shift();
      return value === undefined || isOver ? { done: true, value: undefined } : { done: false, value };
    },
    async return() {
      end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
