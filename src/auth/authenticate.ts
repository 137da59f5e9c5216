import type { JWTVerifyResult } from 'jose';
import type { Config } from '../config/settings.js';
import { AppError } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import type { Observability } from '../observability/observability.js';
import { parseBearer } from './bearer.js';
import { toCaller } from './claims.js';
import { checkRecipient } from './recipient.js';
import { TokenRefusedError, toRefusal } from './refusal.js';
import { createGrantsLog, RefusalLog } from './refusal-log.js';
import { TokenCache } from './token-cache.js';
import { createVerificationKeys, verifyToken } from './verification-keys.js';

/**
 * Returns the caller of a request.
 * @throws AppError `UNAUTHENTICATED` when the credentials are missing or not valid; the client gets the same response
 *   whatever was wrong, and only the log has the reason. `AUTH_UNAVAILABLE` when they cannot be verified at the moment.
 */
export type Authenticate<Credentials> = (credentials: Credentials) => Promise<Caller>;

/**
 * Verifies the signature of a token with the configured keys, and then its expiry.
 * @throws TokenRefusedError; AppError `AUTH_UNAVAILABLE`
 */
export type VerifyToken = (token: string) => Promise<JWTVerifyResult>;

export function createTokenVerifier(config: Config, observability: Observability): VerifyToken {
  const { getKey, algorithms } = createVerificationKeys(config, observability);
  const options = {
    algorithms,
    requiredClaims: ['exp'],
    clockTolerance: 5,
  };
  return async (token) => {
    try {
      return await verifyToken(token, getKey, options);
    } catch (error) {
      throw error instanceof AppError ? error : toRefusal(error, token, algorithms);
    }
  };
}

/** For the `Authorization` header of a request: a JWT, verified with the configured keys. */
export function createBearerAuthentication(
  config: Config,
  observability: Observability,
): Authenticate<string | undefined> {
  const verifyJwt = createTokenVerifier(config, observability);
  const tokenCache = new TokenCache();
  const refusalLog = new RefusalLog(observability.logger, 'access token rejected');
  const grantsLog = createGrantsLog(observability.logger);

  const verify = async (authorization: string): Promise<Caller> => {
    const token = parseBearer(authorization, config.authMaxTokenBytes);
    const { payload, protectedHeader } = await verifyJwt(token);
    checkRecipient(protectedHeader, payload, config);
    const caller = toCaller(payload, config, (grant, reason) => grantsLog.report(grant, reason));
    tokenCache.set(authorization, caller, payload.exp ?? 0);
    return caller;
  };

  return async (authorization) => {
    if (authorization === undefined) {
      throw new AppError('UNAUTHENTICATED', 'access token rejected: no Authorization header');
    }
    const cached = tokenCache.get(authorization);
    if (cached !== undefined) {
      return cached;
    }
    try {
      return await verify(authorization);
    } catch (error) {
      if (error instanceof TokenRefusedError) {
        refusalLog.report(error.kind, error.message);
      }
      throw error;
    }
  };
}
