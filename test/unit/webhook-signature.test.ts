import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../src/config/secret.js';
import { isSignedByStackOne } from '../../src/events/webhooks/signature.js';

// StackOne's own test vector.
const body = Buffer.from(
  '{"project_id":"p","event":"account.created","account_id":"a","sent_at":"2026-11-22T08:00:00.000Z"}',
);
const signature = 'GXgsTlSDxXvYp5SMw8HHFzPNZIATZB2ySDDB5Swuo7w';
const [current, other] = [new Secret('whsec_test'), new Secret('whsec_other')];

describe('the signature of a webhook', () => {
  it.each([
    ['the current secret', [current], signature, true],
    ['the previous secret', [other, current], signature, true],
    ['another secret', [other], signature, false],
    ['no secret', [], signature, false],
    ['no signature', [current], undefined, false],
    ['an empty signature', [current], '', false],
    ['padding', [current], `${signature}=`, false],
  ] as const)('%s', (_title, secrets, header, isSigned) => {
    expect(isSignedByStackOne(secrets, body, header)).toBe(isSigned);
  });
});
