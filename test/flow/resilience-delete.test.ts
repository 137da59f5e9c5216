import { describe, expect, it } from '@jest/globals';
import { eachConcurrently, type FaultApp, withFaultApp } from '../support/fault-cases.js';
import { type Fault, toRawHttp } from '../support/fault-server.js';
import { faults, status } from '../support/faults.js';
import { errorCode } from '../support/test-app.js';
import { createCertificates, trustAuthority } from '../support/tls-certificates.js';

const certificates = createCertificates();
const overTls = { certificate: certificates.of('valid') };
trustAuthority(certificates);

const raw = (response: string): Fault => ({ onRequest: ({ socket }) => void socket.write(response) });
const page = (status: string) => raw(toRawHttp(status, '<h1></h1>', { 'content-type': 'text/html' }));
const remove = ({ run }: FaultApp) =>
  run('mutation { deleteLinkedAccount(accountId: "account-1") { deletedAccountId userErrors { code } } }');
const removed = { data: { deleteLinkedAccount: { deletedAccountId: 'account-1', userErrors: [] } } };
const deletions = ({ upstream }: FaultApp) => upstream.requests.filter(({ method }) => method === 'DELETE');

describe('A DELETE that may have reached StackOne is not sent again, and a later call succeeds', () => {
  const expectOnce = (fault: Fault, code: string) =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(fault, 1, 'DELETE');
      expect(errorCode(await remove(fixture))).toBe(code);
      expect(deletions(fixture)).toHaveLength(1);
      expect((await remove(fixture)).json).toEqual(removed);
      expect(deletions(fixture)).toHaveLength(2);
    });

  eachConcurrently([{ name: 'no response' }], () => expectOnce(faults['no response'], 'UPSTREAM_TIMEOUT'));

  it.each([
    ['connection reset before the response', faults['connection reset before the response'], 'UPSTREAM_UNAVAILABLE'],
    ['connection closed before the response', faults['connection closed before the response'], 'UPSTREAM_UNAVAILABLE'],
    ['HTML page with 200', page('200 OK'), 'UPSTREAM_UNAVAILABLE'],
    ['HTML page with 404', page('404 Not Found'), 'UPSTREAM_UNAVAILABLE'],
    ['status 500', status(500), 'UPSTREAM_UNAVAILABLE'],
    ['status 503', status(503), 'UPSTREAM_UNAVAILABLE'],
    ['408 with retry-after: 1', status(408, { 'retry-after': '1' }), 'UPSTREAM_TIMEOUT'],
  ])('%s', (_name, fault, code) => expectOnce(fault, code));
});

describe('A DELETE succeeds by its status, whatever its body is', () => {
  const json = { 'content-type': 'application/json' };
  it.each([
    ['204', raw('HTTP/1.1 204 No Content\r\n\r\n')],
    ['404 without a body', raw(toRawHttp('404 Not Found', ''))],
    ['200 without a body', raw(toRawHttp('200 OK', ''))],
    ['200 with an empty JSON body', raw(toRawHttp('200 OK', '', json))],
    ['200 with more than 64 KiB', raw(toRawHttp('200 OK', JSON.stringify('x'.repeat(70_000)), json))],
    ['connection closed within the body', faults['connection closed within the body']],
  ])('%s', (_name, fault) =>
    withFaultApp(async (fixture) => {
      fixture.upstream.injectFault(fault, 1, 'DELETE');
      expect((await remove(fixture)).json).toEqual(removed);
      expect(deletions(fixture)).toHaveLength(1);
    }),
  );
});

it('A DELETE that StackOne has carried out, and whose response is lost, succeeds when it is repeated', () =>
  withFaultApp(async (fixture) => {
    fixture.upstream.injectFault(faults['connection reset before the response'], 1, 'DELETE');
    expect(errorCode(await remove(fixture))).toBe('UPSTREAM_UNAVAILABLE');
    fixture.upstream.injectFault(status(404), 1, 'GET');
    expect((await remove(fixture)).json).toEqual(removed);
    expect(deletions(fixture)).toHaveLength(1);
  }));

describe('A DELETE that cannot have reached StackOne is sent again', () => {
  /** Lets the preceding look-up succeed and closes its socket, so that the DELETE needs a new connection. */
  const afterLookUp = (fixture: FaultApp, prepare: () => void): void => {
    const closing: Fault = {
      onRequest: ({ socket, validResponse }) => {
        prepare();
        socket.end(validResponse.replace('\r\n', '\r\nconnection: close\r\n'));
      },
    };
    fixture.upstream.injectFault(closing, 1, 'GET');
  };

  /** One attempt for the look-up and two for the DELETE, the first of which does not reach StackOne. */
  const expectDeletedWithThreeAttempts = async (fixture: FaultApp) => {
    const response = await remove(fixture);
    expect(response.json).toEqual(removed);
    expect(await fixture.attempts(response)).toBe(3);
    expect(deletions(fixture)).toHaveLength(1);
  };

  it('and succeeds', () =>
    withFaultApp(async (fixture) => {
      afterLookUp(fixture, () => fixture.upstream.injectFault(faults['plain HTTP on the TLS port'], 1));
      await expectDeletedWithThreeAttempts(fixture);
    }, overTls));

  it('and a 404 to the second attempt counts as a successful deletion', () =>
    withFaultApp(async (fixture) => {
      const plain: Fault = {
        onConnection: (socket) => {
          faults['plain HTTP on the TLS port'].onConnection(socket);
          fixture.upstream.injectFault(status(404), 1, 'DELETE');
        },
      };
      afterLookUp(fixture, () => fixture.upstream.injectFault(plain, 1));
      await expectDeletedWithThreeAttempts(fixture);
    }, overTls));

  it('at most once', () =>
    withFaultApp(async (fixture) => {
      afterLookUp(fixture, () => fixture.upstream.injectFault(faults['plain HTTP on the TLS port']));
      const response = await remove(fixture);
      expect(errorCode(response)).toBe('UPSTREAM_UNAVAILABLE');
      expect(await fixture.attempts(response)).toBe(3);
      expect(deletions(fixture)).toEqual([]);
    }, overTls));
});
