import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Secret } from '../config/secret.js';

/** A hash takes as long as the rest of a log line, and most requests are of few owners. */
const maxOwners = 10_000;

/**
 * Creates the function that turns an owner id into the `owner` of a log line. The hash has a key, because owner ids can
 * be guessed. The key is derived from the StackOne API key, so all instances write the same hash without a setting.
 */
export function createOwnerHash(apiKey: Secret): (ownerId: string) => string {
  const key = createHmac('sha256', apiKey.reveal()).update('stackone-connect-graphql owner in log lines').digest();
  const hash = (ownerId: string) => createHmac('sha256', key).update(ownerId).digest('base64url').slice(0, 12);
  const hashes = new LRUCache<string, string>({ max: maxOwners, memoMethod: hash });
  return (ownerId) => hashes.memo(ownerId);
}
