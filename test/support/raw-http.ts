import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawExchange {
  /** All bytes until the server closed the connection. */
  readonly response: string;
  readonly seconds: number;
}

/** Opens a TCP connection to the server. The caller may write anything. */
export function openSocket(url: string): Socket {
  return connect(Number(new URL(url).port), '127.0.0.1')
    .setEncoding('utf8')
    .on('error', () => undefined);
}

/**
 * Sends bytes and reads until the server closes the connection.
 * @param drip sent one character every half second, repeatedly, after the bytes
 */
export async function exchangeRaw(url: string, bytes: string, drip = ''): Promise<RawExchange> {
  const startedAt = performance.now();
  const socket = openSocket(url);
  let response = '';
  socket.on('data', (chunk) => {
    response += chunk;
  });
  socket.write(bytes);
  let sent = 0;
  const timer = setInterval(() => drip !== '' && socket.write(drip.charAt(sent++ % drip.length)), 500);
  await once(socket, 'close');
  clearInterval(timer);
  return { response, seconds: (performance.now() - startedAt) / 1000 };
}
