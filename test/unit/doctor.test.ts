import { describe, expect, it } from '@jest/globals';
import { checkClock } from '../../src/doctor/clock-check.js';
import { explainCode } from '../../src/doctor/connection-failure.js';
import { ok, runCheck } from '../../src/doctor/finding.js';
import { checkNode, minimumNodeVersion } from '../../src/doctor/local-checks.js';
import { describeRegion } from '../../src/doctor/stackone-checks.js';
import { readText } from '../support/package-files.js';

describe('checkNode', () => {
  it('has the minimum of package.json', () => {
    expect(`>=${minimumNodeVersion}`).toBe(JSON.parse(readText('package.json')).engines.node);
  });

  it.each([
    ['18.20.8', 'error'],
    ['20.18.3', 'error'],
    ['20.19.0', 'warning'],
    ['21.7.3', 'warning'],
    ['22.20.0', 'ok'],
    ['23.11.0', 'warning'],
    ['24.21.0', 'ok'],
    ['26.1.0', 'ok'],
  ])('%s → %s', (version, level) => {
    expect(checkNode(version).level).toBe(level);
  });
});

describe('checkClock', () => {
  const ownTime = new Date('2026-11-26T10:00:00Z');
  it.each([
    [0, 0, 'ok'],
    [5, 0, 'ok'],
    [6, 0, 'warning'],
    [-6, 0, 'warning'],
    // Half of the time of the request can be on either way.
    [6, 2_000, 'ok'],
    [59, 0, 'warning'],
    [60, 0, 'error'],
    [-600, 0, 'error'],
  ])('%d s, with a request of %d ms → %s', (seconds, milliseconds, level) => {
    const serverTime = new Date(ownTime.getTime() - seconds * 1000);
    expect(checkClock({ serverTime, ownTime, milliseconds }).level).toBe(level);
  });
});

describe('describeRegion', () => {
  it.each([
    ['https://api.stackone.com', 'The key belongs to the default region of StackOne, at api.stackone.com.'],
    ['https://api.eu1.stackone.com', 'The key belongs to the eu1 region of StackOne, at api.eu1.stackone.com.'],
    ['https://api.stackone.com.example', 'api.stackone.com.example is not a host of StackOne, so the region'],
    ['http://127.0.0.1:4010', '127.0.0.1:4010 is not a host of StackOne, so the region'],
  ])('%s', (url, sentence) => {
    expect(describeRegion(new URL(url)).message).toContain(sentence);
  });
});

describe('explainCode', () => {
  const target = { name: 'StackOne', variable: 'STACKONE_BASE_URL', address: 'https://a.example' };
  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'has a TLS certificate that is not valid'],
    ['CERT_HAS_EXPIRED', 'has a TLS certificate that is not valid'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'has a TLS certificate that is not valid'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'has a TLS certificate that is not valid'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS'],
    ['EPROTO', 'does not speak TLS'],
    ['EAI_AGAIN', 'has a host name that cannot be resolved'],
    ['ENETUNREACH', 'cannot be reached'],
    ['UND_ERR_CONNECT_TIMEOUT', 'does not respond in time'],
    ['TimeoutError', 'does not respond in time'],
    ['ECONNRESET', 'closes the connection without a response'],
    ['HPE_INVALID_CONSTANT', 'closes the connection without a response'],
  ])('%s', (code, problem) => {
    expect(explainCode(code, target)?.message).toMatch(
      new RegExp(`^StackOne at https://a\\.example ${problem}.*\\(${code}\\)\\.$`),
    );
  });
});

describe('runCheck', () => {
  it('turns an exception into a finding without its message', async () => {
    const fail = async () => {
      throw new TypeError('canary');
    };
    expect(await runCheck('redis', fail)).toEqual([
      { check: 'redis', level: 'unknown', message: 'The check did not finish (TypeError).' },
    ]);
  });

  it('does not wait for a check that does not end', async () => {
    expect(await runCheck('redis', () => new Promise(() => undefined), 10)).toEqual([
      { check: 'redis', level: 'unknown', message: 'The check did not finish in time.' },
    ]);
    expect(await runCheck('redis', async () => [ok('redis', 'Fine.')], 60_000)).toHaveLength(1);
  });
});
