import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { type Cancellation, ClientDisconnectedError } from '../../observability/cancellation.js';
import { DeadlineExceededError, type ShownHealth, unusableResponse } from './errors.js';
import type { RawResponse } from './response.js';

interface RequestLimits {
  readonly maxBytes: number;
  /** Whether the body of a success is used. Otherwise its status is enough. */
  readonly usesBody: boolean;
  /** A hard limit: a body that arrives byte by byte never reaches the body timeout. */
  readonly timeoutMs: number;
  /** Aborted when the client disconnects. */
  readonly cancellation: Cancellation;
  /** For messages. */
  readonly endpoint: string;
}

/** How much of an unused body is read, and for how long, so that its connection can be reused. Calls can wait for it. */
const maxUnusedBytes = 64 * 1024;
const unusedBodyMs = 500;
/** Responses such as 103 that may come before the final one. */
const maxInformational = 10;

/**
 * Sends one request. It uses undici's `dispatch` rather than `request`, because a body that is read into memory needs no
 * stream (docs/performance.md).
 *
 * A body is read only up to its limit and only when its content type is JSON. The head of a response whose body is not
 * used is enough: the promise resolves at once, and the body is discarded under limits of its own.
 * @throws UpstreamError for a response that must not be used; DeadlineExceededError; ClientDisconnectedError; errors of
 *   undici
 */
export function sendRequest(
  pool: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: RequestLimits,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    pool.dispatch(request, new ResponseHandler(limits, resolve, reject));
  });
}

class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #limits: RequestLimits;
  readonly #resolve: (response: RawResponse) => void;
  readonly #reject: (error: Error) => void;
  #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #abortReason: Error | undefined;
  #status = 0;
  #informational = 0;
  #retryAfter: string | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(limits: RequestLimits, resolve: (response: RawResponse) => void, reject: (error: Error) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = this.#endAfter(limits.timeoutMs);
    limits.cancellation.addEventListener('abort', this.#onAbort);
    if (limits.cancellation.aborted) {
      this.#onAbort();
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#abortReason === undefined) {
      this.#controller = controller;
    } else {
      controller.abort(this.#abortReason);
    }
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) {
      this.#informational += 1;
      if (this.#informational > maxInformational) {
        this.#refuse('too many informational responses');
      }
      return;
    }
    this.#status = status;
    this.#retryAfter = firstOf(headers['retry-after']);
    if (this.#isResult && !this.#hasExpectedType(firstOf(headers['content-type']))) {
      this.#refuse(`${status} whose content type is not JSON`);
    } else if (!this.#readsBody) {
      clearTimeout(this.#timer);
      this.#timer = this.#endAfter(unusedBodyMs);
      this.#resolveResponse();
    } else if (Number(headers['content-length'] ?? 0) > this.#limits.maxBytes) {
      this.#refuse('too large by its content length', 'up');
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > (this.#readsBody ? this.#limits.maxBytes : maxUnusedBytes)) {
      this.#refuse('too large', 'up');
    } else if (this.#readsBody) {
      this.#chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    this.#end();
    if (this.#readsBody) {
      this.#resolveResponse();
    }
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.#reject(error);
  }

  get #isSuccess(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  /** Whether the status says something about what was requested: 404 is an account that does not exist. */
  get #isResult(): boolean {
    return this.#isSuccess || this.#status === 404;
  }

  get #readsBody(): boolean {
    return this.#isSuccess && this.#limits.usesBody;
  }

  /** A page of a proxy is no result of StackOne. A response without a body, such as 204, has no type. */
  #hasExpectedType(type: string | undefined): boolean {
    return type === undefined ? !this.#readsBody : /^application\/json[ \t]*(;|$)/i.test(type);
  }

  #resolveResponse(): void {
    const [first = Buffer.alloc(0), ...more] = this.#chunks;
    const body = more.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, retryAfter: this.#retryAfter, body });
  }

  #refuse(reason: string, health: ShownHealth = 'down'): void {
    this.#abort(unusableResponse(this.#limits.endpoint, reason, { health }));
  }

  /** Closes the connection, because it cannot be reused in the middle of a response. */
  #abort(reason: Error): void {
    if (this.#abortReason === undefined) {
      this.#abortReason = reason;
      this.#end();
      this.#reject(reason);
      this.#controller?.abort(reason);
    }
  }

  #endAfter(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#abort(new DeadlineExceededError()), milliseconds);
  }

  readonly #onAbort = (): void => this.#abort(new ClientDisconnectedError());

  #end(): void {
    clearTimeout(this.#timer);
    this.#limits.cancellation.removeEventListener('abort', this.#onAbort);
  }
}

/** undici has a list for a header that a response repeats, also where Node's types have a text. */
function firstOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header;
}
