import { request as requestOverHttp } from 'node:http';
import { request as requestOverHttps } from 'node:https';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { textOf } from '../domain/values.js';

/** The proxy failed or refused. Only its code is logged: the URL of the proxy can contain a password. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** @param code of the socket, such as `ECONNREFUSED`, or `REFUSED_407` with the status of the proxy */
  constructor(readonly code: string) {
    super(`the proxy failed: ${code}`);
  }
}

/**
 * Connects to the host of a URL by `CONNECT` (RFC 9110, 9.3.6). The proxy sees the host, never what is sent: TLS runs
 * inside of the tunnel, and the certificate is that of the host.
 */
export function createTunnel(proxy: URL, target: URL, timeoutMs: number): buildConnector.connector {
  const request = proxy.protocol === 'https:' ? requestOverHttps : requestOverHttp;
  const startTls = buildConnector({ timeout: timeoutMs });
  const host = `${target.hostname}:${portOf(target)}`;
  const proxyHost = proxy.hostname.replace(/^\[|\]$/g, '');
  const options = {
    method: 'CONNECT',
    path: host,
    hostname: proxyHost,
    port: proxy.port,
    // Otherwise Node takes the name from the header `Host`, and the certificate of the proxy is for another one. An
    // address is no server name (RFC 6066, 3), and is compared with the certificate without it.
    servername: isIP(proxyHost) === 0 ? proxyHost : '',
    headers: { host, ...credentialsOf(proxy) },
    agent: false,
  };
  return (connectOptions, callback) => {
    const connecting = request(options);
    // A timer, because the timeouts of Node start again with each byte.
    const timer = setTimeout(() => connecting.destroy(new ProxyError('ETIMEDOUT')), timeoutMs);
    // A second error, such as one after the response, has no one to report to.
    connecting.on('error', () => undefined);
    connecting.once('error', (error) => {
      clearTimeout(timer);
      callback(
        error instanceof ProxyError ? error : new ProxyError(textOf(error, 'code') || 'the connection failed'),
        null,
      );
    });
    connecting.once('connect', ({ statusCode = 0 }, socket, head) => {
      clearTimeout(timer);
      // The host waits for the first byte, so bytes that are here already are not from it.
      if (statusCode < 200 || statusCode > 299 || head.length > 0) {
        socket.on('error', () => undefined).destroy();
        callback(new ProxyError(`REFUSED_${statusCode}`), null);
      } else if (target.protocol === 'https:') {
        startTls({ ...connectOptions, httpSocket: socket }, callback);
      } else {
        callback(null, socket);
      }
    });
    connecting.end();
  };
}

function credentialsOf({ username, password }: URL): { 'proxy-authorization'?: string } {
  if (username === '' && password === '') {
    return {};
  }
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

export function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
