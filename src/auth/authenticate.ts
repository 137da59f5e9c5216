import { errors, type JWTHeaderParameters, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Config } from '../config/settings.js';
import { AppError } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import type { Observability } from '../observability/observability.js';
import { toCaller } from './claims.js';
import { createRemoteKeys } from './jwks.js';
import { TokenCache } from './token-cache.js';

/**
 * Returns the caller of a request.
 * @throws AppError `UNAUTHENTICATED` when the credentials are missing or not valid; the client gets the same response
 *   whatever was wrong, and only the log has the reason. `AUTH_UNAVAILABLE` when they cannot be verified at the moment.
 */
export type Authenticate<Credentials> = (credentials: Credentials) => Promise<Caller>;

const maxHeaderBytes = 8 * 1024;
const bearerToken = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ecAlgorithms = ['ES256', 'ES384', 'ES512'];
const edAlgorithms = ['EdDSA', 'Ed25519'];

interface VerificationKeys {
  readonly getKey: JWTVerifyGetKey;
  readonly algorithms: string[];
}

/** For the `Authorization` header of a request: a JWT, verified with the configured keys. */
export function createBearerAuthentication(
  config: Config,
  observability: Observability,
): Authenticate<string | undefined> {
  const { getKey, algorithms } = createVerificationKeys(config, observability);
  const options = {
    algorithms,
    issuer: config.authIssuer,
    audience: config.authAudience,
    requiredClaims: ['exp'],
    clockTolerance: 5,
  };
  const tokenCache = new TokenCache();

  return async (authorization) => {
    if (authorization === undefined) {
      throw unauthenticated('no Authorization header');
    }
    const cached = tokenCache.get(authorization);
    if (cached !== undefined) {
      return cached;
    }
    const token = parseBearer(authorization);
    try {
      const { payload, protectedHeader } = await jwtVerify(token, getKey, options);
      refuseOtherTokenTypes(protectedHeader);
      const caller = toCaller(payload, config);
      tokenCache.set(authorization, caller, payload.exp ?? 0);
      return caller;
    } catch (error) {
      throw error instanceof AppError ? error : unauthenticated(describe(error));
    }
  };
}

function parseBearer(authorization: string): string {
  const token = authorization.length <= maxHeaderBytes ? bearerToken.exec(authorization)?.[1] : undefined;
  if (token === undefined) {
    throw unauthenticated('the Authorization header is not a bearer token of at most 8 KiB');
  }
  return token;
}

function unauthenticated(reason: string): AppError {
  return new AppError('UNAUTHENTICATED', `access token rejected: ${reason}`);
}

/** jose's stable code and the name of the claim. jose's messages can contain parts of the token. */
function describe(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return `${error.code} (${error.claim})`;
  }
  return error instanceof errors.JOSEError ? error.code : 'it cannot be verified with this key';
}

/** Issuers sign other tokens with the same keys, such as logout tokens. Their `typ` differs (RFC 8725, 3.11). */
function refuseOtherTokenTypes({ typ }: JWTHeaderParameters): void {
  if (typ !== undefined && !/^(application\/)?(at\+)?jwt$/i.test(typ)) {
    throw unauthenticated('the header names another type of token');
  }
}

/** Each kind of key has its own algorithms, so that no key can be used as one of another kind. */
function createVerificationKeys(config: Config, observability: Observability): VerificationKeys {
  const { authJwksUrl, authPublicKey, authSecret } = config;
  if (authJwksUrl !== undefined) {
    return {
      getKey: createRemoteKeys(authJwksUrl, observability),
      algorithms: [...rsaAlgorithms, ...ecAlgorithms, ...edAlgorithms],
    };
  }
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
