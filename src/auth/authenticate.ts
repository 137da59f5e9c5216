import { errors, type JWTHeaderParameters, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { AuthConfig, AuthKeys } from '../config.js';
import { AppError } from '../errors.js';
import type { Identify } from './identify.js';
import { Owner, OwnerError } from './owner.js';
import { createRemoteKeys } from './remote-keys.js';
import { VerifiedTokens } from './verified-tokens.js';

/**
 * From the `Authorization` header of a request to its owner.
 * @throws AppError `UNAUTHENTICATED`: one and the same towards the client whatever was wrong with the token;
 *   the reason is for our log alone. `AUTH_UNAVAILABLE`: the keys cannot be had, so nothing can be said of it.
 */
export type Authenticate = Identify<string | undefined>;

const maxHeaderBytes = 8 * 1024;
const bearerToken = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ecAlgorithms = ['ES256', 'ES384', 'ES512'];
const edAlgorithms = ['EdDSA', 'Ed25519'];

interface VerificationKeys {
  readonly getKey: JWTVerifyGetKey;
  readonly algorithms: string[];
}

export function createAuthenticate(config: AuthConfig): Authenticate {
  const { getKey, algorithms } = createVerificationKeys(config.keys);
  const options = {
    algorithms,
    issuer: config.issuer,
    audience: config.audience,
    requiredClaims: ['exp'],
    clockTolerance: 5,
  };

  const verified = new VerifiedTokens();

  return async (authorization) => {
    if (authorization === undefined) {
      throw unauthenticated('no Authorization header');
    }
    const known = verified.ownerOf(authorization);
    if (known !== undefined) {
      return known;
    }
    const token = parseBearer(authorization);
    try {
      const { payload, protectedHeader } = await jwtVerify(token, getKey, options);
      refuseOtherTokenTypes(protectedHeader);
      const owner = Owner.fromVerifiedClaims(payload, config.claims);
      verified.add(authorization, owner, payload.exp ?? 0);
      return owner;
    } catch (error) {
      throw error instanceof AppError ? error : unauthenticated(reasonOf(error));
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
  return new AppError('UNAUTHENTICATED', `access token refused: ${reason}`);
}

/** jose's stable code and the claim's name; its messages can hold parts of the token. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return `${error.code} (${error.claim})`;
  }
  if (error instanceof errors.JOSEError) {
    return error.code;
  }
  return error instanceof OwnerError ? error.message : 'it cannot be verified with this key';
}

/** Issuers sign other things with the same keys, such as logout tokens: their `typ` tells (RFC 8725, 3.11). */
function refuseOtherTokenTypes({ typ }: JWTHeaderParameters): void {
  if (typ !== undefined && !/^(application\/)?(at\+)?jwt$/i.test(typ)) {
    throw unauthenticated('the header says that it is another type of token');
  }
}

/** Each source of keys with the algorithms that fit it, so that no key can be used as one of another kind. */
function createVerificationKeys(keys: AuthKeys): VerificationKeys {
  switch (keys.kind) {
    case 'secret': {
      const secret = new TextEncoder().encode(keys.secret.reveal());
      return { getKey: async () => secret, algorithms: ['HS256', 'HS384', 'HS512'] };
    }
    case 'publicKey': {
      const type = keys.key.asymmetricKeyType;
      const algorithms = type === 'rsa' ? rsaAlgorithms : type === 'ec' ? ecAlgorithms : edAlgorithms;
      return { getKey: async () => keys.key, algorithms };
    }
    case 'jwks':
      return {
        getKey: createRemoteKeys(keys.url),
        algorithms: [...rsaAlgorithms, ...ecAlgorithms, ...edAlgorithms],
      };
  }
}
