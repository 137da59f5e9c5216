import { once } from 'node:events';
import { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';

export interface Listener {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Closes the server and, for an HTTP server, all of its connections. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a server on 127.0.0.1.
 * @param port 0 chooses a free port
 */
export async function listen(server: Server, port = 0): Promise<Listener> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The server does not listen on a TCP port');
  }
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      if (server instanceof HttpServer) {
        server.closeAllConnections();
      }
      await closed;
    },
  };
}
