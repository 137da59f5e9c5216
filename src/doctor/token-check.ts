import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { parseBearer } from '../auth/bearer.js';
import { toCaller } from '../auth/claims.js';
import { refuseOtherAudiences, refuseOtherIssuers, refuseOtherTokenTypes } from '../auth/recipient.js';
import { listNames, type RefusalKind, TokenRefusedError } from '../auth/refusal.js';
import { createTokenVerifier } from '../auth/verification-keys.js';
import type { Config } from '../config/settings.js';
import { reasonOf } from '../domain/app-error.js';
import type { Caller } from '../domain/caller.js';
import { createObservability } from '../observability/observability.js';
import { error, type Finding, ok, unknown, warning } from './finding.js';
import { RecordingLogger } from './recording-logger.js';

const sameIssuer = 'Set the key, or the AUTH_JWKS_URL, of the tenant and environment that issued this token.';

/** What to change for each kind of problem. `docs/troubleshooting.md` has the same advice. */
const fixes: Readonly<Record<RefusalKind, string>> = {
  header: 'Pass one access token: three parts with dots between them.',
  format: 'Pass the access token that the page sends: a signed JWT. Request a signed one from your identity provider.',
  algorithm:
    'Set the kind of key that your identity provider signs with: AUTH_SECRET for HS256, HS384 and HS512, else AUTH_JWKS_URL or AUTH_PUBLIC_KEY.',
  key: sameIssuer,
  signature: sameIssuer,
  type: 'Pass the access token, not another token of the identity provider.',
  issuer: 'Set AUTH_ISSUER to the exact issuer of the token. A slash at the end makes a difference.',
  audience:
    'Set AUTH_AUDIENCE to an audience of the token, or request the token for this audience. For tokens without aud, set AUTH_AUDIENCE_CLAIM. docs/configuration.md has the settings for common identity providers.',
  time: 'Pass a new token. If it is new, check the clock of this machine.',
  owner:
    'Set OWNER_ID_CLAIM and OWNER_NAME_CLAIM to claims of the token. docs/configuration.md has the settings for common identity providers.',
};
const fixGrants =
  'Set MANAGE_PERMISSION, PERMISSIONS_CLAIM, PROVIDERS_CLAIM and MAX_ACCOUNTS_CLAIM to claims and a permission of the token. If a configured claim is missing, nothing is allowed.';

/** Patterns of issuers. The heading is the beginning of that of the settings in docs/configuration.md. */
const identityProviders: readonly (readonly [issuer: RegExp, heading: string])[] = [
  [/^https:\/\/[^/]+\.auth0\.com\//, 'Auth0'],
  [/^https:\/\/(clerk\.|[^/]+\.clerk\.)/, 'Clerk'],
  [/^https:\/\/[^/]+\.okta(preview)?\.com\b/, 'Okta'],
  [/^https:\/\/cognito-idp\./, 'Amazon Cognito'],
  [/^https:\/\/api\.workos\.com\//, 'WorkOS'],
  [/\/realms\/[^/]+$/, 'Keycloak'],
  [/^https:\/\/(login\.microsoftonline\.com|sts\.windows\.net)\//, 'Microsoft Entra ID'],
  [/^https:\/\/[^/]+\.supabase\.co\//, 'Supabase'],
  [/^https:\/\/securetoken\.google\.com\//, 'Firebase'],
];

/**
 * Whether the server would accept a token, and whom it would see. The steps are those of `auth/authenticate`, which ends
 * at the first problem; here the others are looked at too.
 */
export async function checkToken(text: string, config: Config): Promise<readonly Finding[]> {
  const parsed = attempt('token', () =>
    parseBearer(`Bearer ${text.trim().replace(/^Bearer\s+/i, '')}`, config.authMaxTokenBytes),
  );
  if (parsed.finding !== undefined) {
    return [parsed.finding];
  }
  const token = parsed.value;
  const content = attempt('token', () => decode(token));
  const signature = await checkSignature(token, config);
  return content.finding === undefined ? [signature, ...checkClaims(content.value, config)] : [signature];
}

interface Content {
  readonly header: JWTHeaderParameters;
  readonly claims: JWTPayload;
}

/** Does not verify the token: one with a wrong signature can show that it comes from another issuer. */
function decode(token: string): Content {
  try {
    return { header: { alg: '', ...decodeProtectedHeader(token) }, claims: decodeJwt(token) };
  } catch {
    throw new TokenRefusedError('format', 'it is not a valid signed JWT');
  }
}

async function checkSignature(token: string, config: Config): Promise<Finding> {
  const observability = createObservability(new RecordingLogger(), config.apiKey);
  try {
    const { payload } = await createTokenVerifier(config, observability)(token);
    const seconds = Math.round((payload.exp ?? 0) - Date.now() / 1000);
    return ok('token', `The signature is valid, and the token expires in ${seconds} s.`);
  } catch (failure) {
    if (failure instanceof TokenRefusedError) {
      return describeRefusal('token', failure);
    }
    const reason = reasonOf(failure) ?? 'unexpected error';
    return unknown('token', `The signature was not checked: ${reason}.`);
  }
}

function checkClaims({ header, claims }: Content, config: Config): Finding[] {
  const recipient = [
    attempt('token', () => refuseOtherTokenTypes(header)),
    attempt('issuer', () => refuseOtherIssuers(claims, config)),
    attempt('audience', () => refuseOtherAudiences(claims, config)),
  ].flatMap(({ finding }) => finding ?? []);
  const invalidGrants: string[] = [];
  const caller = attempt('owner', () =>
    toCaller(claims, config, (_grant, reason) => {
      invalidGrants.push(reason);
    }),
  );
  const withRecipe = (finding: Finding) => addRecipe(finding, claims);
  return [
    ...(recipient.length > 0
      ? recipient.map(withRecipe)
      : [ok('issuer', 'The issuer and the audience are the configured ones.')]),
    ok('claims', `The token has the claims ${listNames(claims)}.`),
    ...(caller.finding === undefined
      ? describeCaller(caller.value, invalidGrants, config)
      : [withRecipe(caller.finding)]),
  ];
}

function describeCaller({ owner, username, grants }: Caller, invalid: readonly string[], config: Config): Finding[] {
  const person =
    username === null ? `none: the claim ${config.usernameClaim} is missing or is not a string` : `"${username}"`;
  const providers =
    grants.providers === null ? 'all providers' : `the providers ${grants.providers.join(', ') || 'none'}`;
  const accounts = grants.maxAccounts === null ? 'any number of accounts' : `at most ${grants.maxAccounts} accounts`;
  return [
    ok('owner', `Owner id "${owner.id}", owner name "${owner.name}", username ${person}.`),
    ...invalid.map((reason) => warning('grants', `Nothing is allowed, because ${reason}.`, fixGrants)),
    ...(invalid.length > 0
      ? []
      : [
          grants.canManage
            ? ok('grants', `The person may connect and delete accounts: ${providers}, ${accounts}.`)
            : warning(
                'grants',
                `The token does not have the permission ${config.managePermission}: the person can only read.`,
                fixGrants,
              ),
        ]),
  ];
}

/** Names the settings for the issuer of a token, where a claim is not as expected. */
function addRecipe(finding: Finding, { iss }: JWTPayload): Finding {
  const heading = identityProviders.find(([issuer]) => typeof iss === 'string' && issuer.test(iss))?.[1];
  return heading === undefined || !['audience', 'owner'].includes(finding.check)
    ? finding
    : { ...finding, fix: `${finding.fix} The token looks like one of ${heading}: see its section there.` };
}

type Attempt<T> = { readonly value: T; readonly finding?: undefined } | { readonly finding: Finding };

function attempt<T>(check: string, step: () => T): Attempt<T> {
  try {
    return { value: step() };
  } catch (failure) {
    if (failure instanceof TokenRefusedError) {
      return { finding: describeRefusal(check, failure) };
    }
    throw failure;
  }
}

function describeRefusal(check: string, { kind, reason }: TokenRefusedError): Finding {
  return error(check, `The server rejects this token: ${reason}.`, fixes[kind]);
}
