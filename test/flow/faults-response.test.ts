import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { eachConcurrently, expectErrorThenRecovery, faultCases } from '../support/fault-cases.js';
import { status } from '../support/faults.js';
import { listen } from '../support/listen.js';

// The slow cases come first: they start with the first test, and the other tests run at the same time.
describe('Slow upstream: UPSTREAM_TIMEOUT within the deadline, no upstream content in the response or the logs, recovery', () => {
  eachConcurrently(
    faultCases('UPSTREAM_TIMEOUT', 2, [
      'no response',
      'headers one byte at a time',
      'body one byte at a time',
      'stalled body',
    ]),
    (testCase) => expectErrorThenRecovery(testCase),
  );
});

describe('Response that violates HTTP or redirects: UPSTREAM_UNAVAILABLE, no upstream content in the response or the logs, recovery', () => {
  it.each([
    ...faultCases('UPSTREAM_UNAVAILABLE', 1, [
      'malformed status line',
      'response that is not HTTP',
      'response header of 64 KB',
      '301 redirect',
      '307 redirect',
      '101 Switching Protocols',
      'repeated 100 Continue',
      'endless 103 Early Hints',
      'two content-length headers',
      'content-length together with transfer-encoding: chunked',
    ]),
  ])('$name, attempts: $attempts', (testCase) => expectErrorThenRecovery(testCase));
});

describe('A redirect to another origin is not followed: the API key must not reach that origin', () => {
  it.each([301, 302, 303, 307, 308])('%i', async (code) => {
    let requests = 0;
    const otherOrigin = await listen(
      createServer((_request, response) => {
        requests += 1;
        response.end();
      }),
    );
    try {
      await expectErrorThenRecovery({
        name: String(code),
        fault: status(code, { location: `${otherOrigin.url}/connect_sessions` }),
        code: 'UPSTREAM_UNAVAILABLE',
        attempts: 1,
      });
      expect(requests).toBe(0);
    } finally {
      await otherOrigin.close();
    }
  });
});
