import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { codeOf, eachAtOnce, type FaultApp, onStage } from '../support/fault-cases.js';
import type { Fault } from '../support/fault-server.js';
import { faults, status } from '../support/faults.js';
import { createCertificates } from '../support/tls-certificates.js';

const certificates = createCertificates();
const overTls = { certificate: certificates.of('good') };

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

const remove = ({ run }: FaultApp) =>
  run('mutation { deleteLinkedAccount(accountId: "account-1") { deletedAccountId userErrors { code } } }');
const removed = { data: { deleteLinkedAccount: { deletedAccountId: 'account-1', userErrors: [] } } };
const deletions = ({ upstream }: FaultApp) => upstream.requests.filter(({ method }) => method === 'DELETE');

describe('A DELETE that StackOne may have seen is not sent again, and a later one succeeds, after', () => {
  const expectOnce = (fault: Fault, code: string) =>
    onStage(async (stage) => {
      stage.upstream.play(fault, 1, 'DELETE');
      expect(codeOf(await remove(stage))).toBe(code);
      expect(deletions(stage)).toHaveLength(1);
      expect((await remove(stage)).json).toEqual(removed);
      expect(deletions(stage)).toHaveLength(2);
    });

  eachAtOnce([{ name: 'no answer at all' }], () =>
    expectOnce(faults['no answer at all'], 'UPSTREAM_TIMEOUT'),
  );

  it.each([
    ['a reset before the answer', faults['a reset before the answer'], 'UPSTREAM_UNAVAILABLE'],
    ['a close before the answer', faults['a close before the answer'], 'UPSTREAM_UNAVAILABLE'],
    ['a close inside the body', faults['a close inside the body'], 'UPSTREAM_UNAVAILABLE'],
    ['500', status(500), 'UPSTREAM_UNAVAILABLE'],
    ['503', status(503), 'UPSTREAM_UNAVAILABLE'],
    ['408 with a short pause', status(408, { 'retry-after': '1' }), 'UPSTREAM_TIMEOUT'],
  ])('%s', (_what, fault, code) => expectOnce(fault, code));
});

describe('A DELETE that StackOne has surely not seen is sent again,', () => {
  /** The look-up before it succeeds and its socket is closed, so that the DELETE needs a new one. */
  const afterLookUp = (stage: FaultApp, prepare: () => void): void => {
    const closing: Fault = {
      onRequest: ({ socket, good }) => {
        prepare();
        socket.end(good.replace('\r\n', '\r\nconnection: close\r\n'));
      },
    };
    stage.upstream.play(closing, 1, 'GET');
  };

  it('and succeeds', () =>
    onStage(async (stage) => {
      afterLookUp(stage, () => stage.upstream.play(faults['plain HTTP on the TLS port'], 1));
      const answer = await remove(stage);
      expect(answer.json).toEqual(removed);
      expect(await stage.attempts(answer)).toBe(3);
      expect(deletions(stage)).toHaveLength(1);
    }, overTls));

  it('and an account that is gone by then was deleted', () =>
    onStage(async (stage) => {
      const plain: Fault = {
        onConnection: (socket) => {
          faults['plain HTTP on the TLS port'].onConnection(socket);
          stage.upstream.play(status(404), 1, 'DELETE');
        },
      };
      afterLookUp(stage, () => stage.upstream.play(plain, 1));
      const answer = await remove(stage);
      expect(answer.json).toEqual(removed);
      expect(await stage.attempts(answer)).toBe(3);
      expect(deletions(stage)).toHaveLength(1);
    }, overTls));

  it('at most once', () =>
    onStage(async (stage) => {
      afterLookUp(stage, () => stage.upstream.play(faults['plain HTTP on the TLS port']));
      const answer = await remove(stage);
      expect(codeOf(answer)).toBe('UPSTREAM_UNAVAILABLE');
      expect(await stage.attempts(answer)).toBe(3);
      expect(deletions(stage)).toEqual([]);
    }, overTls));
});
