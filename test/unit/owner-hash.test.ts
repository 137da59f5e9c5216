import { hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../src/config/secret.js';
import { createOwnerHash } from '../../src/observability/owner-hash.js';

const hashOwner = createOwnerHash(new Secret('key of the project'));

describe('The owner in log lines', () => {
  it('is the same in all instances with the same API key', () => {
    expect(hashOwner('org_acme')).toBe(createOwnerHash(new Secret('key of the project'))('org_acme'));
    expect(hashOwner('org_acme')).toMatch(/^[\w-]{12}$/);
  });

  it('differs between owners, and cannot be computed from the owner id alone', () => {
    expect(hashOwner('org_acme')).not.toBe(hashOwner('org_globex'));
    expect(hashOwner('org_acme')).not.toBe(createOwnerHash(new Secret('another key'))('org_acme'));
    expect(hash('sha256', 'org_acme', 'base64url')).not.toContain(hashOwner('org_acme'));
  });
});
