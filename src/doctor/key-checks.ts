import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { createKeySetGet, fetchTimeoutMs, UnusableKeySetError } from '../auth/key-set.js';
import type { Config } from '../config/settings.js';
import { UnusableResponseError } from '../egress/bounded-get.js';
import { explainConnectionFailure, isUnencrypted } from './connection-failure.js';
import { count, error, type Finding, ok, warning } from './finding.js';

const maxNamed = 10;

/** Names come from the identity provider, so they are short and plain. */
const name = z.string().regex(/^[\w-]{1,20}$/);
const keySet = z.object({
  keys: z.array(z.object({ kty: name, crv: name.exactOptional(), alg: name.exactOptional().catch('?') })),
});

/** The keys that verify access tokens: whether they can be had, and their types and algorithms. */
export async function checkKeys(config: Config): Promise<readonly Finding[]> {
  const { authJwksUrl, authPublicKey } = config;
  if (authJwksUrl !== undefined) {
    return checkRemoteKeys(authJwksUrl, config);
  }
  const description =
    authPublicKey === undefined
      ? 'AUTH_SECRET verifies access tokens: only HS256, HS384 and HS512 are accepted.'
      : `AUTH_PUBLIC_KEY verifies access tokens: ${describeKey(authPublicKey)}.`;
  return [ok('keys', description)];
}

function describeKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string {
  const size = details?.modulusLength === undefined ? details?.namedCurve : `${details.modulusLength} bits`;
  return `a key of the type ${type?.toUpperCase()}${size === undefined ? '' : ` (${size})`}`;
}

async function checkRemoteKeys(url: URL, config: Config): Promise<readonly Finding[]> {
  try {
    const get = createKeySetGet(url, config);
    const headers = new Headers({ accept: 'application/json, application/jwk-set+json' });
    const { keys } = keySet.parse(await get({ headers, signal: AbortSignal.timeout(fetchTimeoutMs) }));
    return [
      ok('keys', `AUTH_JWKS_URL has ${count(keys.length, 'usable key')}: ${describeKeys(keys)}.`),
      ...(isUnencrypted(url)
        ? [
            warning(
              'keys',
              'AUTH_JWKS_URL is fetched without TLS: others can replace the keys.',
              'Use https in AUTH_JWKS_URL.',
            ),
          ]
        : []),
    ];
  } catch (failure) {
    return [describeFailure(failure, url)];
  }
}

function describeKeys(keys: z.output<typeof keySet>['keys']): string {
  const described = keys.map(
    ({ kty, crv, alg }) => `${kty}${crv === undefined ? '' : ` ${crv}`} (${alg ?? 'any algorithm'})`,
  );
  return `${described.slice(0, maxNamed).join(', ')}${described.length > maxNamed ? ', …' : ''}`;
}

const useJwksUri =
  'Set AUTH_JWKS_URL to the jwks_uri of your identity provider. Its discovery document, at /.well-known/openid-configuration, has it.';

function describeFailure(failure: unknown, url: URL): Finding {
  if (failure instanceof UnusableKeySetError) {
    return error('keys', 'The response of AUTH_JWKS_URL is not a key set, or has no usable key.', useJwksUri);
  }
  if (failure instanceof UnusableResponseError) {
    return failure.code.startsWith('HTTP_3')
      ? error(
          'keys',
          `AUTH_JWKS_URL redirects (${failure.code}), and the server follows no redirect.`,
          'Set it to the address that the redirect leads to.',
        )
      : error('keys', `AUTH_JWKS_URL does not return a key set (${failure.code}).`, useJwksUri);
  }
  const target = { name: 'The identity provider', variable: 'AUTH_JWKS_URL', address: url.href };
  const { message, fix } = explainConnectionFailure(failure, target);
  return error('keys', message, fix);
}
