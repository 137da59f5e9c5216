import { textOf } from '../domain/values.js';
import { isLoopback } from '../egress/pool.js';
import { ProxyError } from '../egress/tunnel.js';
import { certificateCodes } from '../stackone/http/errors.js';

/** A server that the configuration names. */
export interface Target {
  /** Such as `StackOne`. */
  readonly name: string;
  /** Variable with its address. */
  readonly variable: string;
  /** Its address without credentials. */
  readonly address: string;
}

interface Explanation {
  readonly message: string;
  readonly fix: string;
}

/** Names of failures of sockets and of TLS, from the documentation of Node's `errors` and `tls`, and of undici. */
const explanations: readonly (readonly [codes: RegExp, problem: string, fix: (target: Target) => string])[] = [
  [
    certificateCodes,
    'has a TLS certificate that is not valid',
    ({ variable }) =>
      `Check the host in ${variable} and the clock of this machine. If the certificate is from an authority of your own, or a proxy replaces certificates, add this authority with NODE_EXTRA_CA_CERTS.`,
  ],
  [
    /^(EPROTO|ERR_SSL_)/,
    'does not speak TLS on this port',
    ({ variable }) => `Check the scheme and the port in ${variable}.`,
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    'has a host name that cannot be resolved',
    ({ variable }) => `Check the host in ${variable} and the DNS of this machine.`,
  ],
  [
    /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/,
    'cannot be reached',
    ({ variable }) => `Check the host and the port in ${variable}, and the firewall.`,
  ],
  [
    /TIMEOUT|ETIMEDOUT|TimeoutError|ABORT/,
    'does not respond in time',
    ({ variable }) => `Check ${variable} and the firewall.`,
  ],
  [
    /^(UND_ERR_SOCKET|ECONNRESET|EPIPE|HPE_)/,
    'closes the connection without a response',
    ({ variable }) => `Check the scheme in ${variable}: a port for TLS closes a connection without TLS.`,
  ],
];

/** How a network without a direct way to the internet can fail. */
const noWayOut = /^(ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$|TIMEOUT|ETIMEDOUT|TimeoutError/;

/** Explains why no connection to a server came about. Uses the code of the error and nothing of its message. */
export function explainConnectionFailure(error: unknown, target: Target): Explanation {
  const code = codeOf(error);
  if (error instanceof ProxyError) {
    return explainProxyFailure(code, target);
  }
  const { message, fix } = explainCode(code, target) ?? {
    message: `${target.name} at ${target.address} cannot be used (${code}).`,
    fix: `Check ${target.variable}.`,
  };
  return { message, fix: noWayOut.test(code) ? `${fix} If this network needs a proxy, set HTTPS_PROXY.` : fix };
}

/** @returns undefined for a code that is not about a connection */
export function explainCode(code: string, target: Target): Explanation | undefined {
  const [, problem, fix] = explanations.find(([codes]) => codes.test(code)) ?? [];
  return problem === undefined || fix === undefined
    ? undefined
    : { message: `${target.name} at ${target.address} ${problem} (${code}).`, fix: fix(target) };
}

function explainProxyFailure(code: string, { name, address }: Target): Explanation {
  const host = new URL(address).hostname;
  if (code === 'REFUSED_407') {
    return {
      message: 'The proxy in HTTPS_PROXY requires a user name and a password, or rejects them (407).',
      fix: 'Correct them in HTTPS_PROXY. Percent-encode special characters, such as %40 for @.',
    };
  }
  return code.startsWith('REFUSED_')
    ? {
        message: `The proxy in HTTPS_PROXY refuses the connection to ${name} (${code}).`,
        fix: `Allow ${host} in the proxy, or add it to NO_PROXY.`,
      }
    : {
        message: `The proxy in HTTPS_PROXY cannot be reached (${code}).`,
        fix: 'Check its host and port.',
      };
}

/** The `TimeoutError` of an AbortSignal has a number as its code. */
function codeOf(error: unknown): string {
  return textOf(error, 'code') || textOf(error, 'name') || 'unknown';
}

/** A plain HTTP address that is not on this machine. */
export function isUnencrypted(url: URL): boolean {
  return url.protocol === 'http:' && !isLoopback(url);
}
