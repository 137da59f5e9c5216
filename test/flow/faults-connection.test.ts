import dns from 'node:dns';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  cases,
  codeOf,
  eachAtOnce,
  expectFailed,
  expectMinted,
  expectNoLeak,
  expectSurvived,
  logLine,
  onStage,
} from '../support/fault-cases.js';
import { createCertificates } from '../support/tls-certificates.js';

const certificates = createCertificates();
const overTls = { certificate: certificates.of('good') };

// The server trusts the authorities that Node brings; for this file the tests' own one is added to them.
const { createSecureContext } = tls;
beforeEach(() => {
  jest
    .spyOn(tls, 'createSecureContext')
    .mockImplementation((options) =>
      createSecureContext({ ca: [...tls.rootCertificates, certificates.authority], ...options }),
    );
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** `dns.lookup` has several forms, all of them with a callback at the end; `net` asks for all addresses. */
function resolveHere(...parameters: readonly unknown[]): void {
  const callback = parameters.at(-1);
  if (typeof callback === 'function') {
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  }
}

describe('A TLS handshake that is never answered is given up within the deadline:', () => {
  eachAtOnce(cases('UPSTREAM_TIMEOUT', 2, ['a TLS handshake that is never answered']), (one) =>
    expectSurvived(one, overTls),
  );
});

describe('A connection that cannot be had is tried once more, and the next good call succeeds, after', () => {
  it('being refused', () =>
    onStage(async (stage) => {
      await stage.upstream.refuse();
      await expectFailed(stage, { code: 'UPSTREAM_UNAVAILABLE', attempts: 2 });
      await stage.upstream.accept();
      await expectMinted(stage);
    }));

  it('a name that is not known', () =>
    onStage(
      async (stage) => {
        const answer = await stage.mint();
        // A resolver that takes longer than the connect timeout makes it the other one.
        expect(codeOf(answer)).toMatch(/^UPSTREAM_(UNAVAILABLE|TIMEOUT)$/);
        expect(await stage.attempts(answer)).toBe(2);
        expectNoLeak(stage, answer);
        jest.spyOn(dns, 'lookup').mockImplementation(resolveHere);
        await expectMinted(stage);
      },
      // It never resolves (RFC 2606).
      { host: 'stackone.invalid' },
    ));
});

describe('A request that StackOne may have seen is sent once more, and the next good call succeeds, after', () => {
  it.each(
    cases('UPSTREAM_UNAVAILABLE', 2, [
      'reset as soon as connected',
      'a reset before the answer',
      'a close before the answer',
    ]),
  )('$name', (one) => expectSurvived(one));
});

describe('Over TLS', () => {
  it('a certificate of a trusted authority for the right host is accepted', () =>
    onStage((stage) => expectMinted(stage), overTls));

  it.each([
    ['self-signed', /DEPTH_ZERO_SELF_SIGNED_CERT/],
    ['for another host', /ERR_TLS_CERT_ALTNAME_INVALID/],
    ['expired', /CERT_HAS_EXPIRED/],
  ] as const)(
    'a certificate that is %s is refused with an alert, not tried again, and the key is not sent',
    (kind, reason) =>
      onStage(async (stage) => {
        stage.upstream.present(certificates.of(kind));
        const alert = 'upstream-certificate';
        await expectFailed(stage, { code: 'UPSTREAM_UNAVAILABLE', attempts: 1, alert });
        expect(await logLine(stage.app, '"alert"')).toMatch(reason);
        expect(stage.upstream.requests).toEqual([]);
        stage.upstream.present(certificates.of('good'));
        await expectMinted(stage);
      }, overTls),
  );

  it.each(cases('UPSTREAM_UNAVAILABLE', 2, ['plain HTTP on the TLS port', 'reset as soon as connected']))(
    '$name is tried once more, and the next good call succeeds',
    (one) => expectSurvived(one, overTls),
  );
});
