import type { Config } from '../config/settings.js';
import { AppError } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import type { Observability } from '../observability/observability.js';
import { parseBearer } from './bearer.js';
import { toCaller } from './claims.js';
import { refuseOtherAudiences, refuseOtherIssuers, refuseOtherTokenTypes } from './recipient.js';
import { TokenRefusedError } from './refusal.js';
import { createGrantsLog, createRefusalLog } from './refusal-log.js';
import { TokenCache } from './token-cache.js';
import { createTokenVerifier } from './verification-keys.js';

/**
 * Returns the caller of a request.
 * @throws AppError `UNAUTHENTICATED` when the credentials are missing or not valid; the client gets the same response
 *   whatever was wrong, and only the log has the reason. `AUTH_UNAVAILABLE` when they cannot be verified at the moment.
 */
export type Authenticate<Credentials> = (credentials: Credentials) => Promise<Caller>;

/** For the `Authorization` header of a request: a JWT, verified with the configured keys. */
export function createBearerAuthentication(
  config: Config,
  observability: Observability,
): Authenticate<string | undefined> {
  const verifyJwt = createTokenVerifier(config, observability);
  const tokenCache = new TokenCache();
  const logRefusal = createRefusalLog(observability.logger, 'access token rejected');
  const logInvalidGrant = createGrantsLog(observability.logger);

  const verify = async (authorization: string): Promise<Caller> => {
    const token = parseBearer(authorization, config.authMaxTokenBytes);
    const { payload, protectedHeader } = await verifyJwt(token);
    refuseOtherTokenTypes(protectedHeader);
    refuseOtherIssuers(payload, config);
    refuseOtherAudiences(payload, config);
    const caller = toCaller(payload, config, logInvalidGrant);
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
        logRefusal(error.kind, error.message);
      }
      throw error;
    }
  };
}
