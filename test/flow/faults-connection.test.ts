import dns from 'node:dns';

import { describe, expect, it, jest } from '@jest/globals';
import {
  eachConcurrently,
  expectErrorThenRecovery,
  expectNoLeak,
  expectSessionCreated,
  expectUpstreamError,
  faultCases,
  waitForLogLine,
  withFaultApp,
} from '../support/fault-cases.js';
import { errorCode } from '../support/test-app.js';
import { createCertificates, trustAuthority } from '../support/tls-certificates.js';

const certificates = createCertificates();
const overTls = { certificate: certificates.of('valid') };
trustAuthority(certificates);

/** `dns.lookup` has several forms, all with a callback as the last argument. `net` requests all addresses. */
function resolveHere(...parameters: readonly unknown[]): void {
  const callback = parameters.at(-1);
  if (typeof callback === 'function') {
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  }
}

describe('TLS handshake without a response: UPSTREAM_TIMEOUT within the deadline', () => {
  eachConcurrently(faultCases('UPSTREAM_TIMEOUT', 2, ['TLS handshake without a response']), (testCase) =>
    expectErrorThenRecovery(testCase, overTls),
  );
});

describe('Connection failure: a second attempt, then recovery', () => {
  it('connection refused', () =>
    withFaultApp(async (fixture) => {
      await fixture.upstream.stopListening();
      await expectUpstreamError(fixture, { code: 'UPSTREAM_UNAVAILABLE', attempts: 2 });
      await fixture.upstream.startListening();
      await expectSessionCreated(fixture);
    }));

  it('unknown host name', () =>
    withFaultApp(
      async (fixture) => {
        const response = await fixture.createSession();
        // The code is UPSTREAM_TIMEOUT when the resolver takes longer than the connect timeout.
        expect(errorCode(response)).toMatch(/^UPSTREAM_(UNAVAILABLE|TIMEOUT)$/);
        expect(await fixture.attempts(response)).toBe(2);
        expectNoLeak(fixture, response);
        jest.spyOn(dns, 'lookup').mockImplementation(resolveHere);
        await expectSessionCreated(fixture);
      },
      // This name never resolves (RFC 2606).
      { host: 'stackone.invalid' },
    ));
});

describe('Connection lost after the request may have reached StackOne: a second attempt, then recovery', () => {
  it.each(
    faultCases('UPSTREAM_UNAVAILABLE', 2, [
      'connection reset after connect',
      'connection reset before the response',
      'connection closed before the response',
    ]),
  )('$name', (testCase) => expectErrorThenRecovery(testCase));
});

describe('TLS', () => {
  it('accepts a certificate of a trusted authority for the right host', () =>
    withFaultApp((fixture) => expectSessionCreated(fixture), overTls));

  it.each([
    ['self-signed', /DEPTH_ZERO_SELF_SIGNED_CERT/],
    ['for another host', /ERR_TLS_CERT_ALTNAME_INVALID/],
    ['expired', /CERT_HAS_EXPIRED/],
  ] as const)(
    'rejects a certificate that is %s with an alert, without a second attempt and without sending the API key',
    (kind, reason) =>
      withFaultApp(async (fixture) => {
        fixture.upstream.setCertificate(certificates.of(kind));
        const alert = 'upstream-certificate';
        await expectUpstreamError(fixture, { code: 'UPSTREAM_UNAVAILABLE', attempts: 1, alert });
        expect(await waitForLogLine(fixture.app, '"alert"')).toMatch(reason);
        expect(fixture.upstream.requests).toEqual([]);
        fixture.upstream.setCertificate(certificates.of('valid'));
        await expectSessionCreated(fixture);
      }, overTls),
  );

  it.each(faultCases('UPSTREAM_UNAVAILABLE', 2, ['plain HTTP on the TLS port', 'connection reset after connect']))(
    '$name: a second attempt, then recovery',
    (testCase) => expectErrorThenRecovery(testCase, overTls),
  );
});
