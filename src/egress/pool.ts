import { isIPv6 } from 'node:net';
import { Pool } from 'undici';
import type { ConnectConfig } from '../config/settings.js';
import { createTunnel, portOf } from './tunnel.js';

export type ProxySettings = Pick<ConnectConfig, 'httpsProxy' | 'noProxy'>;

interface PoolOptions extends Omit<Pool.Options, 'connect'> {
  readonly connectTimeoutMs: number;
}

/** Connections to the origin of one URL, through the proxy where the settings say so. */
export function createPool(
  url: URL,
  { httpsProxy, noProxy }: ProxySettings,
  { connectTimeoutMs, ...options }: PoolOptions,
): Pool {
  const connect =
    httpsProxy === undefined || isDirect(url, noProxy)
      ? { timeout: connectTimeoutMs }
      : createTunnel(new URL(httpsProxy.reveal()), url, connectTimeoutMs);
  return new Pool(url.origin, { ...options, connect });
}

/**
 * Whether the proxy is not for this URL. An entry of `noProxy` is a host name, which includes its subdomains, with or
 * without a port; `*` is every host. An IPv6 address with a port is in brackets. No proxy reaches the loopback addresses
 * of this machine.
 */
export function isDirect(url: URL, noProxy: readonly string[]): boolean {
  const { hostname: host } = url;
  const port = portOf(url);
  return (
    isLoopback(url) ||
    noProxy.some((entry) => {
      const text = isIPv6(entry) ? `[${entry}]` : entry;
      const [, name = '', entryPort = port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(text.toLowerCase()) ?? [];
      return entry === '*' || (entryPort === port && name !== '' && (host === name || host.endsWith(`.${name}`)));
    })
  );
}

/** Whether the host of an `http:` or `https:` URL is this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
