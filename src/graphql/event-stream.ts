import { Readable } from 'node:stream';

/** A client that leaves more than this unread loses its stream. It connects again and reads the accounts. */
const maxUnreadBytes = 64 * 1024;

/**
 * Results as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Ends with the results,
 * or when the client leaves.
 */
export class EventStream {
  readonly readable: Readable;
  readonly #results: AsyncIterator<object>;

  /** @param onEnd called once, however the stream ends */
  constructor(results: AsyncIterator<object>, onEnd: () => void) {
    this.#results = results;
    this.readable = new Readable({ read: () => {}, highWaterMark: maxUnreadBytes });
    this.readable.once('close', () => {
      void results.return?.();
      onEnd();
    });
    // Some browsers show a response only after its first bytes.
    this.sendHeartbeat();
    void this.#send();
  }

  /** A comment. It keeps proxies from closing the connection, and shows when a client has left. */
  sendHeartbeat(): void {
    this.#push(':\n\n');
  }

  /** Completes the stream: the client is told that nothing follows. */
  complete(): void {
    void this.#results.return?.();
  }

  async #send(): Promise<void> {
    for (let next = await this.#results.next(); next.done !== true; next = await this.#results.next()) {
      this.#push(`event: next\ndata: ${JSON.stringify(next.value)}\n\n`);
    }
    this.#push('event: complete\ndata:\n\n');
    this.readable.push(null);
  }

  #push(text: string): void {
    if (!this.readable.destroyed && !this.readable.push(text)) {
      this.readable.destroy();
    }
  }
}
