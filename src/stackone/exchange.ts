import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { type Deadline, TimeIsUp } from './deadline.js';
import { unusableAnswer } from './upstream-error.js';

/** An answer; the body only of one that says that it went well, and of such a one the whole. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

export interface ExchangeLimits {
  readonly maxBytes: number;
  /** A hard end: a body that drips never trips the body timeout. */
  readonly milliseconds: number;
  readonly deadline: Deadline;
  /** For messages. */
  readonly endpoint: string;
}

/** What is read of an answer that is not used, so that its connection can be used again. */
const maxUnusedBytes = 64 * 1024;

/**
 * One request and its answer. undici's `dispatch` rather than `request`, because no stream is made of a body that is
 * read into memory anyway (docs/performance.md).
 *
 * A body is read only as far as it is allowed to be long, and only if it says that it is JSON. Of a refusal the head
 * is enough: it is answered at once, and its body thrown away under the same limits.
 * @throws UpstreamError for an answer that must not be used; TimeIsUp, ClientHasGone; what undici throws
 */
export function exchange(
  pool: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    pool.dispatch(request, new Exchange(limits, resolve, reject));
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #forgetDeadline: () => void;
  #controller: Dispatcher.DispatchController | undefined;
  #abortedWith: Error | undefined;
  #status = 0;
  #retryAfter: string | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(limits: ExchangeLimits, resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#abort(new TimeIsUp()), limits.milliseconds);
    this.#forgetDeadline = limits.deadline.onEnd((reason) => this.#abort(reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#abortedWith !== undefined) controller.abort(this.#abortedWith);
    else this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 1xx come before the answer.
    if (status < 200) return;
    this.#status = status;
    this.#retryAfter = headers['retry-after'];
    if (!this.#isUsed) {
      this.#answer();
    } else if (!/^application\/json(;|$)/i.test(headers['content-type'] ?? '')) {
      this.#refuse('not JSON by its content type');
    } else if (Number(headers['content-length'] ?? 0) > this.#limits.maxBytes) {
      this.#refuse('too large by its content length');
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > (this.#isUsed ? this.#limits.maxBytes : maxUnusedBytes)) this.#refuse('too large');
    else if (this.#isUsed) this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end();
    if (this.#isUsed) this.#answer();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.#reject(error);
  }

  get #isUsed(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  #answer(): void {
    const [first = Buffer.alloc(0), ...more] = this.#chunks;
    const body = more.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, retryAfter: this.#retryAfter, body });
  }

  #refuse(reason: string): void {
    this.#abort(unusableAnswer(this.#limits.endpoint, reason));
  }

  /** Closes the connection, which cannot be used again in the middle of an answer. */
  #abort(reason: Error): void {
    if (this.#abortedWith !== undefined) return;
    this.#abortedWith = reason;
    this.#end();
    this.#reject(reason);
    this.#controller?.abort(reason);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#forgetDeadline();
  }
}
