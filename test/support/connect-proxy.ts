import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { listen } from './listen.js';
import type { Certificate } from './tls-certificates.js';

/** Does something else than to open the tunnel. */
export type ProxyFault = (socket: Socket) => void;

export interface ConnectProxy {
  /** `http://127.0.0.1:<port>`, or `https:` */
  readonly url: string;
  /** Hosts with ports, as the requests named them. */
  readonly requested: readonly string[];
  /** `Proxy-Authorization` of each request. */
  readonly credentials: readonly (string | undefined)[];
  /** Applies to all requests from now on. `undefined` opens tunnels. */
  setFault(fault: ProxyFault | undefined): void;
  stop(): Promise<void>;
}

/**
 * An HTTP proxy that opens tunnels. Every host name leads to 127.0.0.1, on the port of the request.
 * @param certificate with it, the proxy itself is reached by TLS
 */
export async function startConnectProxy(certificate?: Certificate): Promise<ConnectProxy> {
  const requested: string[] = [];
  const credentials: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  let fault: ProxyFault | undefined;
  const refuse: RequestListener = (_request, response) => void response.writeHead(500).end();
  const server: Server = certificate === undefined ? createServer(refuse) : createTlsServer(certificate, refuse);
  server.on('connection', (socket) => void sockets.add(socket.on('error', () => undefined)));
  server.on('connect', ({ url = '', headers }, socket: Socket, head) => {
    requested.push(url);
    credentials.push(headers['proxy-authorization']);
    if (fault !== undefined) {
      fault(socket);
      return;
    }
    const target = connect(Number(url.slice(url.lastIndexOf(':') + 1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    sockets.add(target);
    target.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('error', () => target.destroy()).on('close', () => target.destroy());
  });
  const { url, close } = await listen(server);
  return {
    url: certificate === undefined ? url : url.replace('http', 'https'),
    requested,
    credentials,
    setFault: (next) => {
      fault = next;
    },
    stop: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      await close();
    },
  };
}
