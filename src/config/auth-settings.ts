import { z } from 'zod';
import { claimName, optionalClaimName, publicKey, secret, serviceUrl, setting, toList, toNumber } from './setting.js';

/** A new schema for each setting, because `setting` registers what it describes. */
const names = () => z.array(z.string().regex(/^\S+$/)).min(1);

/** The settings of access tokens, a part of the table in `settings`. */
export function createAuthSettings(production: boolean) {
  // Microsoft Entra ID has keys of one application at a URL with `?appid=`.
  const url = serviceUrl(production, { mayHaveQuery: true });
  return {
    authJwksUrl: setting(
      url.schema.transform((text) => new URL(text)).optional(),
      'AUTH_JWKS_URL',
      'URL of the JWKS, the public keys that verify access tokens. Must use HTTPS in production. Set exactly one of `AUTH_JWKS_URL`, `AUTH_PUBLIC_KEY` and `AUTH_SECRET`.',
      ...url.texts,
    ),
    authPublicKey: setting(
      publicKey.optional(),
      'AUTH_PUBLIC_KEY',
      'Public key in PEM form that verifies access tokens: RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519. Line breaks can be written as `\\n`.',
      'a public key in PEM form (RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519)',
      { canBeFile: true, isPem: true },
    ),
    authSecret: setting(
      secret((text) => Buffer.byteLength(text) >= 32).optional(),
      'AUTH_SECRET',
      'Shared secret that verifies access tokens, at least 32 bytes. With it, only the algorithms HS256, HS384 and HS512 are accepted.',
      'a secret of at least 32 bytes',
      { canBeFile: true },
    ),
    authIssuers: setting(
      names(),
      'AUTH_ISSUER',
      'The `iss` claim of your access tokens, or a comma-separated list of issuers whose keys are all at `AUTH_JWKS_URL`. `{tenantid}` in an issuer stands for the `tid` claim of the token, as Microsoft Entra ID writes it. Required.',
      'the `iss` claim of your access tokens, without spaces',
      { fromText: toList },
    ),
    authAudiences: setting(
      names(),
      'AUTH_AUDIENCE',
      'The `aud` claim of your access tokens, or a comma-separated list: a token must have one of them. Required.',
      'the `aud` claim of your access tokens, without spaces',
      { fromText: toList },
    ),
    authAudienceClaim: claimName(
      'AUTH_AUDIENCE_CLAIM',
      'aud',
      'Name of the claim that is compared with `AUTH_AUDIENCE`, for access tokens that have no `aud`.',
    ),
    authMaxTokenBytes: setting(
      z.int().min(1024).max(65_536).default(16_384),
      'AUTH_MAX_TOKEN_BYTES',
      'Largest access token in bytes, 1,024–65,536. All headers of a request together can have 16,384 bytes more.',
      'a whole number of bytes from 1024 to 65536',
      { fromText: toNumber },
    ),
    ownerIdClaim: claimName(
      'OWNER_ID_CLAIM',
      'org_id',
      'Name of the claim with the owner id. A dotted name such as `o.id` reads a nested claim. `*` in it stands for the only entry of an object or a list.',
    ),
    ownerNameClaim: claimName('OWNER_NAME_CLAIM', 'org_name', 'Name of the claim with the owner name.'),
    usernameClaim: claimName(
      'USERNAME_CLAIM',
      'email',
      'Name of the claim with the username of the signed-in person. The username is sent to StackOne.',
    ),
    managePermission: setting(
      z
        .string()
        .regex(/^[\x21-\x7e]{1,128}$/)
        .optional(),
      'MANAGE_PERMISSION',
      'Permission that a person needs to connect, confirm and delete accounts. Without this setting, every signed-in person may do so.',
      'the name of a permission: 1 to 128 visible characters without spaces',
      { defaultText: 'none is needed' },
    ),
    permissionsClaim: optionalClaimName(
      'PERMISSIONS_CLAIM',
      '`permissions`, or `scope` in tokens without it',
      'Name of the claim with the permissions of a person: a list of strings, or one string with spaces between the permissions. Requires `MANAGE_PERMISSION`.',
    ),
    providersClaim: optionalClaimName(
      'PROVIDERS_CLAIM',
      'all providers',
      'Name of the claim with the keys of the providers that a customer may connect: a list of strings, or one string with spaces between the keys. `*` stands for all.',
    ),
    maxAccountsClaim: optionalClaimName(
      'MAX_ACCOUNTS_CLAIM',
      'no limit',
      'Name of the claim with the number of accounts that a customer may have, 0–1,000,000. `*` stands for any number.',
    ),
  };
}
