import { setTimeout as sleep } from 'node:timers/promises';
import { textOf } from '../domain/values.js';
import type { Logger } from '../observability/logger.js';

type Client = Awaited<ReturnType<typeof createConnection>>;

/** Redis is called in every mutation. A response that takes longer counts as a failure. */
const timeoutMs = 250;
/** How long Redis is left alone after a failure, so that no other request waits for it. */
const pauseMs = 5_000;
const connectTimeoutMs = 2_000;
/**
 * A connection without a byte for this long is replaced, for example after a failover that closes no connection. Longer
 * than the pause between two pings, and shorter than `pauseMs`: a write counts as a sign of life.
 */
const silentMs = 4_000;
const pingMs = 1_500;
const subscribeAgainMs = 1_000;
const maxReconnectMs = 2_000;
const probeKey = 'stackone-connect:probe';
/** A write in a script, as rate limits need it. */
const probeScript = "return redis.call('SET', KEYS[1], '1', 'EX', 1)";

/**
 * The one connection to Redis. Whatever keeps Redis from doing its work (unreachable, hung, read-only, no password, out
 * of memory, loading) has the same result: one alert, and the fallback for a while.
 */
export class RedisClient {
  readonly client: Client;
  readonly #logger: Logger;
  readonly #setFailing: (isFailing: boolean) => void;
  readonly #subscribers: Client[] = [];
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  #isClosed = false;
  /** Until a command succeeds, whatever the connection. */
  #isReadOnly = false;
  #notReadySince = performance.now();

  private constructor(client: Client, logger: Logger, setFailing: (isFailing: boolean) => void) {
    this.client = client;
    this.#logger = logger;
    this.#setFailing = setFailing;
  }

  /**
   * Does not wait for the connection: until Redis responds, `use` takes the fallback.
   * @param setFailing for the metric
   */
  static async connect(url: string, logger: Logger, setFailing: (isFailing: boolean) => void): Promise<RedisClient> {
    const client = await createConnection(url);
    const redis = new RedisClient(client, logger, setFailing);
    client.on('error', (error) => {
      // Otherwise Redis refused a ping, which shows that the connection works.
      if (!client.isReady) {
        redis.#notReadySince = performance.now();
        redis.#fail(describe(error, 'the connection failed'));
      }
    });
    client.on('ready', () => {
      // A new connection can lead to the same read-only server.
      if (redis.#isReadOnly) {
        return;
      }
      redis.#pausedUntil = Number.NEGATIVE_INFINITY;
      redis.#recover();
      logger.info({}, 'Redis is connected');
    });
    // Without a request, nothing else would notice that Redis works again on the same connection.
    client.on('ping-interval', () => {
      if (redis.#isFailing) {
        void redis.use(
          () => client.eval(probeScript, { keys: [probeKey] }),
          async () => null,
        );
      }
    });
    redis.#connect();
    return redis;
  }

  /** @param fallback what to do while Redis does not work */
  async use<T>(operation: (client: Client) => Promise<T>, fallback: () => Promise<T>): Promise<T> {
    const now = performance.now();
    if (!this.client.isReady && now > this.#notReadySince + connectTimeoutMs) {
      this.#fail('no connection');
    }
    if (!this.client.isReady || now < this.#pausedUntil) {
      return fallback();
    }
    try {
      const result = await withTimeout(operation(this.client));
      this.#recover();
      return result;
    } catch (error) {
      this.#fail(describe(error));
      // Other commands can fail in the same way before the connection is replaced.
      if (this.client.isReady && /\bREADONLY\b/.test(textOf(error, 'message'))) {
        this.#replaceConnection();
      }
      return fallback();
    }
  }

  /** After a failover, the previous primary is read-only and closes no connection. The name of the host leads to the new one. */
  #replaceConnection(): void {
    this.#isReadOnly = true;
    this.#notReadySince = performance.now();
    this.client.destroy();
    this.#connect();
  }

  /** A failure is reported by the error event, and the client tries again automatically. */
  #connect(): void {
    this.client.connect().catch(() => undefined);
  }

  /** No request waits for it, so it has neither the pause nor the short time limit of `use`. @returns whether it succeeded */
  async publish(channel: string, text: string): Promise<boolean> {
    try {
      await this.client.publish(channel, text);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Receives the messages of a channel, on a separate connection, as Redis requires.
   * @param onReconnect called when the connection is back; messages in between are lost
   */
  subscribe(channel: string, onMessage: (text: string) => void, onReconnect: () => void): void {
    const subscriber = this.client.duplicate();
    this.#subscribers.push(subscriber);
    // The first connection reports failures.
    subscriber.on('error', () => {});
    const delivers = () => this.#logger.info({}, 'Redis delivers account changes');
    const start = async () => {
      await subscriber.connect();
      await this.#subscribeWithRetries(subscriber, channel, onMessage);
      delivers();
      // From now on the client subscribes again after each reconnection.
      subscriber.on('ready', () => {
        delivers();
        onReconnect();
      });
    };
    // It fails only when the connection is closed during the start.
    start().catch(() => undefined);
  }

  /** Tries until it succeeds, for example until the user in Redis may use the channel. */
  async #subscribeWithRetries(subscriber: Client, channel: string, onMessage: (text: string) => void): Promise<void> {
    let isReported = false;
    for (let tries = 1; ; tries += 1) {
      try {
        return await subscriber.subscribe(channel, onMessage);
      } catch (error) {
        if (!subscriber.isOpen) {
          throw error;
        }
        // The first failure can be one of the connection, which is reported already.
        if (tries > 1 && !isReported && !this.#isFailing) {
          isReported = true;
          const fields = { alert: 'redis-gone', reason: describe(error) };
          this.#logger.error(fields, 'Redis does not deliver account changes: other instances do not reach this one');
        }
        await sleep(subscribeAgainMs, undefined, { ref: false });
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const client of [this.client, ...this.#subscribers]) {
      destroy(client);
    }
  }

  #fail(reason: string): void {
    this.#pausedUntil = performance.now() + pauseMs;
    if (!this.#isFailing && !this.#isClosed) {
      this.#isFailing = true;
      this.#setFailing(true);
      this.#logger.error(
        { alert: 'redis-gone', reason },
        'Redis does not work: this instance counts rate limits alone',
      );
    }
  }

  #recover(): void {
    this.#isReadOnly = false;
    if (this.#isFailing) {
      this.#isFailing = false;
      this.#setFailing(false);
      this.#logger.info({}, 'Redis works again');
    }
  }
}

async function createConnection(url: string) {
  // Imported only where it is used: it takes a tenth of the startup time.
  const { createClient } = await import('@redis/client');
  const socket = {
    connectTimeout: connectTimeoutMs,
    socketTimeout: silentMs,
    // By default, the client gives up after a socketTimeout.
    reconnectStrategy: (tries: number) => Math.min(50 * 2 ** tries, maxReconnectMs) * (1 + Math.random() / 4),
  };
  // With protocol 3, a connection needs the command HELLO, which Redis 5 and some proxies do not have.
  return createClient({ url, RESP: 2, disableOfflineQueue: true, pingInterval: pingMs, socket });
}

/** During an attempt to connect, `destroy` has no effect: the connection opens, and its pings keep the process alive. */
function destroy(client: Client): void {
  if (client.isReady) {
    client.destroy();
  } else {
    for (const event of ['connect', 'ready', 'error', 'reconnecting']) {
      client.once(event, () => client.isOpen && client.destroy());
    }
  }
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    // One more turn of the event loop: after a stall of this process, the response is there already.
    timer = setTimeout(() => setImmediate(() => reject(new Error('timeout'))), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The code of the socket, such as `ECONNREFUSED`, or that at the beginning of Redis's message, such as `READONLY`. Before
 * version 7, Redis reports it behind `ERR Error running script`. The rest of a message can quote the command.
 */
function describe(error: unknown, otherwise = 'the command failed'): string {
  const message = textOf(error, 'message');
  const redisCode = /^(?:ERR Error running script .* -)?([A-Z]{2,20}) /.exec(message)?.[1];
  return textOf(error, 'code') || (redisCode ?? (/timeout$/i.test(message) ? 'no response in time' : otherwise));
}
