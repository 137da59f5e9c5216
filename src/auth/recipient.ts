import type { JWTHeaderParameters, JWTPayload } from 'jose';
import type { Config } from '../config/settings.js';
import { quote, TokenRefusedError } from './refusal.js';

const maxListed = 5;

/**
 * Whether a token is an access token of an expected issuer for this server. The claims are those of a token whose
 * signature and expiry are verified. Each function throws TokenRefusedError with the found and the expected value.
 */
export function refuseOtherIssuers(claims: JWTPayload, { authIssuers }: Pick<Config, 'authIssuers'>): void {
  if (!authIssuers.some((issuer) => isIssuedBy(claims, issuer))) {
    const found = `the issuer (iss) is ${quote(claims.iss)}`;
    throw new TokenRefusedError('issuer', `${found}, AUTH_ISSUER is ${list(authIssuers)}`);
  }
}

export function refuseOtherAudiences(
  claims: JWTPayload,
  { authAudiences, authAudienceClaim }: Pick<Config, 'authAudiences' | 'authAudienceClaim'>,
): void {
  const audience = Object.hasOwn(claims, authAudienceClaim) ? claims[authAudienceClaim] : undefined;
  const audiences: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  if (!authAudiences.some((name) => audiences.includes(name))) {
    const found = `the audience (${authAudienceClaim}) is ${list(audiences)}`;
    throw new TokenRefusedError('audience', `${found}, AUTH_AUDIENCE is ${list(authAudiences)}`);
  }
}

/** Issuers sign other tokens with the same keys, such as logout tokens. Their `typ` differs (RFC 8725, 3.11). */
export function refuseOtherTokenTypes({ typ }: JWTHeaderParameters): void {
  if (typ !== undefined && !/^(application\/)?(at\+)?jwt$/i.test(typ)) {
    throw new TokenRefusedError('type', `the type of token (typ) is ${quote(typ)}, expected JWT or at+jwt`);
  }
}

const tenantId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Microsoft Entra ID has one issuer for each tenant. Both claims are in the signed part of the token. */
function isIssuedBy({ iss, tid }: JWTPayload, issuer: string): boolean {
  if (!issuer.includes('{tenantid}')) {
    return iss === issuer;
  }
  return typeof tid === 'string' && tenantId.test(tid) && iss === issuer.replaceAll('{tenantid}', tid);
}

function list(values: readonly unknown[]): string {
  const quoted = values.slice(0, maxListed).map(quote).join(', ');
  return values.length > maxListed ? `${quoted}, …` : quoted || 'an empty list';
}
