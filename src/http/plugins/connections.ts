import { once } from 'node:events';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextPhase, setTimeout as sleep } from 'node:timers/promises';

export interface SendingLimits {
  /** How long a client can take to receive what waits on its connection. */
  readonly timeoutMs: number;
  /** Bytes that wait on all connections together. Above, the connections that wait longest are closed. */
  readonly maxWaitingBytes: number;
  readonly intervalMs: number;
}

const defaultLimits: SendingLimits = { timeoutMs: 20_000, maxWaitingBytes: 128 * 1024 * 1024, intervalMs: 1_000 };

/** Time for a client that has received a response to come back. */
const quietMs = 50;
const maxQuietPeriods = 10;

interface Connection {
  /** Requests whose headers have arrived, and whose response is not sent yet. They are counted, see docs/performance.md. */
  inFlight: number;
  /** The last of them. Only this one can have arrived partly. */
  latest: IncomingMessage | undefined;
  /** Since when bytes wait that the client does not receive. */
  waitingSince: number | undefined;
}

/** The open connections of a server: limits how long responses wait for their clients, and completes a shutdown. */
export class Connections {
  readonly #server: HttpServer;
  readonly #limits: SendingLimits;
  readonly #open = new Map<Socket, Connection>();
  readonly #timer: NodeJS.Timeout;
  #accepted = 0;
  #isClosing = false;
  #hold: Promise<void> | undefined;

  constructor(server: HttpServer, limits: SendingLimits = defaultLimits) {
    this.#server = server;
    this.#limits = limits;
    this.#timer = setInterval(() => this.#closeUnread(), limits.intervalMs).unref();
    server.on('connection', (socket) => {
      this.#accepted += 1;
      this.#connectionOf(socket);
    });
  }

  requestStarted(request: IncomingMessage): void {
    const connection = this.#connectionOf(request.socket);
    connection.inFlight += 1;
    connection.latest = request;
  }

  requestClosed(request: IncomingMessage): void {
    const { socket } = request;
    const connection = this.#open.get(socket);
    if (connection === undefined) {
      return;
    }
    connection.inFlight -= 1;
    if (connection.inFlight === 0) {
      connection.latest = undefined;
    }
    if (this.#isClosing) {
      setImmediate(() => closeUnlessBusy(socket, connection));
    }
  }

  /** Whether no later request has arrived on the connection. `connection: close` on an earlier one would lose it. */
  isLatest(request: IncomingMessage): boolean {
    return this.#open.get(request.socket)?.latest === request;
  }

  /** Await it before a response is sent. Undefined when the response can be sent at once. */
  get hold(): Promise<void> | undefined {
    return this.#hold;
  }

  /**
   * Accepts no new connections, waits for the requests in flight, and closes all connections.
   * @param lingerMs how long an open connection can still send a request. Its client may have sent one already
   */
  async close(lingerMs: number): Promise<void> {
    if (this.#server.listening) {
      const closed = once(this.#server, 'close');
      await this.#withoutResponses(async () => {
        // Without a grace period, nothing waits for clients.
        if (lingerMs > 0) {
          await this.#untilQuiet();
        }
        // The method of http.Server also closes connections whose response is written, but not yet received.
        NetServer.prototype.close.call(this.#server);
      });
      await Promise.race([closed, sleep(lingerMs, undefined, { ref: false })]);
      this.#isClosing = true;
      for (const [socket, connection] of this.#open) {
        closeUnlessBusy(socket, connection);
      }
      await closed;
    }
    clearInterval(this.#timer);
  }

  /**
   * A client that receives a response can come back at once. The kernel would complete its connection, and reset it
   * when the listening socket is closed, so its request would be lost rather than refused.
   */
  async #withoutResponses(work: () => Promise<void>): Promise<void> {
    this.#hold = work();
    await this.#hold;
    this.#hold = undefined;
  }

  /** Waits until no client has connected for a while. Directly after a phase of the event loop, few can be missed. */
  async #untilQuiet(): Promise<void> {
    for (let period = 0, before = -1; period < maxQuietPeriods && before !== this.#accepted; period++) {
      before = this.#accepted;
      await sleep(quietMs);
      await nextPhase();
    }
  }

  #connectionOf(socket: Socket): Connection {
    const known = this.#open.get(socket);
    if (known !== undefined) {
      return known;
    }
    const connection: Connection = { inFlight: 0, latest: undefined, waitingSince: undefined };
    this.#open.set(socket, connection);
    socket.once('close', () => this.#open.delete(socket));
    return connection;
  }

  /** A client that does not read would keep its responses in memory for ever. */
  #closeUnread(): void {
    const { timeoutMs, maxWaitingBytes } = this.#limits;
    const now = performance.now();
    let waitingBytes = 0;
    const waiting: (readonly [socket: Socket, since: number])[] = [];
    for (const [socket, connection] of this.#open) {
      const since = socket.writableLength === 0 ? undefined : (connection.waitingSince ?? now);
      connection.waitingSince = since;
      if (since !== undefined) {
        waitingBytes += socket.writableLength;
        waiting.push([socket, since]);
      }
    }
    for (const [socket, since] of waiting.sort(([, a], [, b]) => a - b)) {
      if (now - since >= timeoutMs || waitingBytes > maxWaitingBytes) {
        waitingBytes -= socket.writableLength;
        socket.destroy();
      }
    }
  }
}

/** A request of which only a part has arrived is not in progress. */
function closeUnlessBusy(socket: Socket, { inFlight, latest }: Connection): void {
  if (inFlight === 0 || (inFlight === 1 && latest?.complete === false)) {
    socket.destroySoon();
  }
}
