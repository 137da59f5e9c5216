import { generateKeyPairSync } from 'node:crypto';
import { createServer as createTlsServer } from 'node:https';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startConnect } from '../../src/index.js';
import { type ConnectProxy, type ProxyFault, startConnectProxy } from '../support/connect-proxy.js';
import {
  eachConcurrently,
  expectSessionCreated,
  expectUpstreamError,
  type FaultAppOptions,
  waitForLogLine,
  withFaultApp,
} from '../support/fault-cases.js';
import { listen } from '../support/listen.js';
import { acme, signToken } from '../support/test-env.js';
import { createCertificates, trustAuthority } from '../support/tls-certificates.js';
import { waitUntil } from '../support/wait.js';

const certificates = createCertificates();
trustAuthority(certificates);

/** Only the proxy knows the address of this name (RFC 2606), and its certificate is the upstream's. */
const host = 'elsewhere.example';
const certificate = certificates.of('for another host');

let proxy: ConnectProxy;
beforeAll(async () => {
  proxy = await startConnectProxy();
});
afterAll(() => proxy.stop());
beforeEach(() => proxy.setFault(undefined));

const password = 'canary-proxy-p@ssword';
const proxyUrl = ({ url }: ConnectProxy) => url.replace('//', `//us%40er:${encodeURIComponent(password)}@`);
const through = (target = proxy, options: FaultAppOptions = {}): FaultAppOptions => ({
  host,
  certificate,
  ...options,
  env: { HTTPS_PROXY: proxyUrl(target), ...options.env },
});

describe('StackOne behind a proxy', () => {
  it('creates sessions through it with TLS to StackOne, on one connection, and sends the credentials to the proxy only', async () => {
    const before = proxy.requested.length;
    await withFaultApp(async (fixture) => {
      await expectSessionCreated(fixture);
      await expectSessionCreated(fixture);
      const { port } = new URL(fixture.upstream.url);
      expect(proxy.requested.slice(before)).toEqual([`${host}:${port}`]);
      expect(proxy.credentials.at(-1)).toBe(`Basic ${Buffer.from(`us@er:${password}`).toString('base64')}`);
      expect(fixture.upstream.connections.total).toBe(1);
      expect(fixture.app.logs()).not.toMatch(/canary-proxy|us%40er|us@er/);
    }, through());
  });

  it('creates sessions over plain HTTP outside of production', () => {
    const { certificate: _, ...plain } = through();
    return withFaultApp(expectSessionCreated, plain);
  });

  it.each([
    ['127.0.0.1', 'valid'],
    ['localhost', 'for localhost'],
  ] as const)('is called through a proxy that is reached by TLS at %s', async (name, kind) => {
    const secure = await startConnectProxy(certificates.of(kind));
    const env = { HTTPS_PROXY: proxyUrl(secure).replace('127.0.0.1', name) };
    await withFaultApp(expectSessionCreated, through(secure, { env })).finally(() => secure.stop());
    expect(secure.requested.length).toBeGreaterThan(0);
  });

  it('is not called through a proxy with the certificate of another host, and the proxy gets no password', async () => {
    const secure = await startConnectProxy(certificate);
    await withFaultApp(
      (fixture) =>
        expectUpstreamError(fixture, { code: 'UPSTREAM_UNAVAILABLE', attempts: 1, alert: 'upstream-certificate' }).then(
          () => undefined,
        ),
      through(secure),
    ).finally(() => secure.stop());
    expect(secure.credentials).toEqual([]);
  });

  it('checks the certificate of StackOne behind the proxy', () =>
    withFaultApp(
      async (fixture) => {
        const alert = 'upstream-certificate';
        await expectUpstreamError(fixture, { code: 'UPSTREAM_UNAVAILABLE', attempts: 1, alert });
        expect(fixture.upstream.requests).toEqual([]);
      },
      through(proxy, { certificate: certificates.of('valid') }),
    ));

  it.each<[string, Record<string, string>]>([
    ['its host is in NO_PROXY', { NO_PROXY: `internal.example,${host}` }],
    ['NO_PROXY is *', { NO_PROXY: '*' }],
  ])('is called directly when %s', async (_when, env) => {
    const before = proxy.requested.length;
    await withFaultApp(
      async (fixture) => {
        const response = await fixture.createSession();
        // The name has no address without the proxy.
        expect(response.text).toMatch(/UPSTREAM_(UNAVAILABLE|TIMEOUT)/);
        expect(proxy.requested).toHaveLength(before);
      },
      through(proxy, { env }),
    );
  });

  it('is called directly when it is a loopback address', async () => {
    const before = proxy.requested.length;
    await withFaultApp(expectSessionCreated, { env: { HTTPS_PROXY: proxyUrl(proxy) } });
    expect(proxy.requested).toHaveLength(before);
  });

  it('is called through the proxy of the option httpsProxy in your own server', async () => {
    const before = proxy.requested.length;
    await withFaultApp(async ({ upstream }) => {
      const connect = await startConnect<Request>({
        apiKey: 'key',
        production: false,
        baseUrl: upstream.url.replace('127.0.0.1', host),
        httpsProxy: proxyUrl(proxy),
        getOwner: () => ({ id: acme.org_id, name: acme.org_name }),
      });
      try {
        const { stackone } = await connect.createContext(new Request('http://a/graphql'));
        await stackone.providers(undefined);
        expect(proxy.requested.length).toBeGreaterThan(before);
        expect(upstream.requests.length).toBeGreaterThan(0);
      } finally {
        await connect.stop();
      }
    }, through());
  });
});

describe('A proxy that does not open the tunnel → UPSTREAM_UNAVAILABLE with its code in the log, then recovery', () => {
  const respond =
    (text: string): ProxyFault =>
    (socket) =>
      void socket.end(text);
  const cases: { name: string; fault: ProxyFault; code: string }[] = [
    {
      name: 'refuses the credentials (407)',
      fault: respond('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\ncanary'),
      code: 'REFUSED_407',
    },
    { name: 'refuses the host (403)', fault: respond('HTTP/1.1 403 Forbidden\r\n\r\n'), code: 'REFUSED_403' },
    { name: 'cannot reach the host (502)', fault: respond('HTTP/1.1 502 Bad Gateway\r\n\r\n'), code: 'REFUSED_502' },
    {
      name: 'sends bytes before StackOne can have sent any',
      fault: respond('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
      code: 'REFUSED_200',
    },
    { name: 'does not respond', fault: () => undefined, code: 'ETIMEDOUT' },
    { name: 'closes the connection', fault: (socket) => void socket.destroy(), code: 'ECONNRESET' },
    { name: 'responds with something else', fault: respond('canary\r\n\r\n'), code: 'HPE_\\w+' },
  ];

  eachConcurrently(cases, async ({ fault, code }) => {
    const faulty = await startConnectProxy();
    try {
      await withFaultApp(async (fixture) => {
        faulty.setFault(fault);
        await expectUpstreamError(fixture, { code: 'UPSTREAM_UNAVAILABLE', attempts: 2 });
        expect(await waitForLogLine(fixture.app, '"msg":"upstream"')).toMatch(RegExp(`ProxyError ${code}"`));
        expect(fixture.upstream.requests).toEqual([]);
        expect(fixture.app.logs()).not.toMatch(/canary-proxy|us%40er|us@er/);
        faulty.setFault(undefined);
        await expectSessionCreated(fixture);
      }, through(faulty));
    } finally {
      await faulty.stop();
    }
  });

  it('is not there', async () => {
    const gone = await startConnectProxy();
    await gone.stop();
    await withFaultApp(async (fixture) => {
      await expectUpstreamError(fixture, { code: 'UPSTREAM_UNAVAILABLE', attempts: 2 });
      expect(await waitForLogLine(fixture.app, '"msg":"upstream"')).toContain('ProxyError ECONNREFUSED"');
    }, through(gone));
  });
});

describe('AUTH_JWKS_URL behind a proxy', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keySet = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'first' }] });
  const issuer = createTlsServer(certificate, (_request, response) => {
    response.setHeader('content-type', 'application/json').end(keySet);
  });
  let env: Record<string, string | undefined>;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const listener = await listen(issuer);
    close = listener.close;
    env = { AUTH_PUBLIC_KEY: undefined, AUTH_JWKS_URL: `https://${host}:${listener.port}/jwks.json` };
  });
  afterAll(() => close());

  const query = '{ viewer { ownerId } }';
  const send = async (post: (body: unknown, headers: Record<string, string>) => Promise<{ status: number }>) => {
    const token = await signToken(acme, { key: privateKey, header: { kid: 'first' } });
    return (await post({ query }, { authorization: `Bearer ${token}` })).status;
  };

  it('is fetched through it', () =>
    withFaultApp(
      async ({ app }) => {
        expect(await send(app.post)).toBe(200);
        expect(proxy.requested.at(-1)).toBe(new URL(env['AUTH_JWKS_URL'] ?? '').host);
      },
      through(proxy, { env }),
    ));

  it('is unavailable when the proxy refuses, and the log has its code without its password', () =>
    withFaultApp(
      async ({ app }) => {
        proxy.setFault((socket) => void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\ncanary'));
        expect(await send(app.post)).toBe(503);
        await waitUntil(() => app.logs().includes('"AUTH_UNAVAILABLE"'), 'the request is logged');
        expect(app.logs()).toContain('"alert":"jwks-unavailable","reason":"REFUSED_407"');
        expect(app.logs()).not.toMatch(/canary-proxy|us%40er|us@er/);
      },
      through(proxy, { env }),
    ));
});
