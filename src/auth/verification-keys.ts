import { errors, type JWTVerifyGetKey, type JWTVerifyOptions, type JWTVerifyResult, jwtVerify } from 'jose';
import type { Config } from '../config/settings.js';
import { AppError } from '../domain/app-error.js';
import type { Observability } from '../observability/observability.js';
import { createRemoteKeys } from './jwks.js';
import { toRefusal } from './refusal.js';

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ecAlgorithms = ['ES256', 'ES384', 'ES512'];
const edAlgorithms = ['EdDSA', 'Ed25519'];

/** More keys without a key id than an issuer has. Bounds what one token can cost. */
const maxCandidates = 10;

/**
 * Verifies the signature of a token with the configured keys, and then its expiry.
 * @throws TokenRefusedError; AppError `AUTH_UNAVAILABLE`
 */
export function createTokenVerifier(
  config: Config,
  observability: Observability,
): (token: string) => Promise<JWTVerifyResult> {
  const { getKey, algorithms } = createVerificationKeys(config, observability);
  const options = {
    algorithms,
    requiredClaims: ['exp'],
    clockTolerance: 5,
  };
  return async (token) => {
    try {
      return await jwtVerify(token, getKey, options).catch((error: unknown) => {
        if (error instanceof errors.JWKSMultipleMatchingKeys) {
          return verifyWithAny(token, error, options);
        }
        throw error;
      });
    } catch (error) {
      throw error instanceof AppError ? error : toRefusal(error, token, algorithms);
    }
  };
}

/** Each kind of key has its own algorithms, so that no key can be used as one of another kind. */
function createVerificationKeys(
  config: Config,
  observability: Observability,
): { readonly getKey: JWTVerifyGetKey; readonly algorithms: string[] } {
  const { authJwksUrl, authPublicKey, authSecret } = config;
  if (authJwksUrl !== undefined) {
    return {
      getKey: createRemoteKeys(authJwksUrl, config, observability),
      algorithms: [...rsaAlgorithms, ...ecAlgorithms, ...edAlgorithms],
    };
  }
  observability.health.auth = 'ok';
  if (authPublicKey !== undefined) {
    const type = authPublicKey.asymmetricKeyType;
    const algorithms = type === 'rsa' ? rsaAlgorithms : type === 'ec' ? ecAlgorithms : edAlgorithms;
    return { getKey: async () => authPublicKey, algorithms };
  }
  if (authSecret !== undefined) {
    const secret = new TextEncoder().encode(authSecret.reveal());
    return { getKey: async () => secret, algorithms: ['HS256', 'HS384', 'HS512'] };
  }
  throw new Error('There is no key to verify access tokens with.');
}

/** Without a key id, each key that fits the algorithm of the token is tried. */
async function verifyWithAny(
  token: string,
  candidates: errors.JWKSMultipleMatchingKeys,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  let tried = 0;
  for await (const key of candidates) {
    try {
      return await jwtVerify(token, key, options);
    } catch (error) {
      // A TypeError is about the key, for example an RSA key that is too short.
      if (!(error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError)) {
        throw error;
      }
    }
    tried += 1;
    if (tried === maxCandidates) {
      break;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}
