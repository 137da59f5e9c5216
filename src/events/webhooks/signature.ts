import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../config/secret.js';

/**
 * Whether a webhook comes from StackOne: the header is the unpadded base64url of the HMAC-SHA256 of the raw body. Compared
 * as text, so that another spelling of the same bytes is not accepted. Every secret is tried, so that the time does not
 * depend on which one matches.
 * @param secrets the current one, and during a rotation the previous one
 * @param header all values of `x-stackone-signature`; exactly one is allowed
 */
export function isSignedByStackOne(
  secrets: readonly Secret[],
  body: Buffer,
  header: string | readonly string[] | null | undefined,
): boolean {
  const found = Buffer.from(typeof header === 'string' ? header : '');
  const matches = secrets.map((secret) => {
    const expected = Buffer.from(createHmac('sha256', secret.reveal()).update(body).digest('base64url'));
    return found.length === expected.length && timingSafeEqual(found, expected);
  });
  return matches.includes(true);
}
