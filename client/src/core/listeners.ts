/** The functions that are called after each change of a state. */
export class Listeners {
  readonly #listeners = new Set<() => void>();

  /** @returns ends the subscription */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  notify(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
