import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from './listen.js';

export interface Balancer {
  readonly url: string;
  /** Connections to a backend that failed. */
  readonly refused: () => number;
  readonly add: (backend: string) => void;
  readonly isReady: (backend: string) => boolean;
  readonly stop: () => Promise<void>;
}

const probeIntervalMs = 100;

/** A load balancer for TCP connections: new ones go to the backends whose last `GET /readyz` returned 200, in turn. */
export async function startBalancer(): Promise<Balancer> {
  const ready = new Map<string, boolean>();
  const sockets = new Set<Socket>();
  let refused = 0;
  let turn = 0;
  let isStopped = false;

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const candidates = [...ready].filter(([, isReady]) => isReady).map(([url]) => url);
    turn += 1;
    const backend = connect({
      host: '127.0.0.1',
      port: Number(new URL(candidates[turn % candidates.length] ?? 'http://a:1').port),
      allowHalfOpen: true,
    });
    let isConnected = false;
    backend.once('connect', () => {
      isConnected = true;
    });
    backend.on('error', () => {
      refused += isConnected ? 0 : 1;
      client.destroy();
    });
    client.on('error', () => backend.destroy());
    for (const socket of [client, backend]) {
      sockets.add(socket.once('close', () => sockets.delete(socket)));
    }
    client.pipe(backend).pipe(client);
  });
  const { url, close } = await listen(server);

  const probe = async (backend: string) => {
    while (!isStopped && ready.has(backend)) {
      const status = await fetch(`${backend}/readyz`).then(
        (response) => response.status,
        () => undefined,
      );
      ready.set(backend, status === 200);
      if (status === undefined) {
        ready.delete(backend);
      }
      await sleep(probeIntervalMs);
    }
  };

  return {
    url,
    refused: () => refused,
    add: (backend) => {
      ready.set(backend, false);
      void probe(backend);
    },
    isReady: (backend) => ready.get(backend) === true,
    stop: async () => {
      isStopped = true;
      for (const socket of sockets) {
        socket.destroy();
      }
      await close();
    },
  };
}
