import type { Mutant } from './guards.js';

const authenticate = 'src/auth/authenticate.ts';
const bearer = 'src/auth/bearer.ts';
const claims = 'src/auth/claims.ts';
const hostLogin = 'src/auth/host-login.ts';
const jwks = 'src/auth/jwks.ts';
const keySet = 'src/auth/key-set.ts';
const recipient = 'src/auth/recipient.ts';
const refusal = 'src/auth/refusal.ts';
const refusalLog = 'src/auth/refusal-log.ts';
const tokenCache = 'src/auth/token-cache.ts';
const verificationKeys = 'src/auth/verification-keys.ts';
const owner = 'src/domain/owner.ts';
const grants = 'src/domain/grants.ts';
const displayText = 'src/domain/values.ts';

/** Guards against callers who are not signed in, and against owners that no token and no login names. */
export const authGuards: readonly Mutant[] = [
  {
    file: verificationKeys,
    guard: '    algorithms,\n',
    without: '',
    noticedBy: 'flow/authentication',
  },
  {
    file: authenticate,
    guard: '    refuseOtherIssuers(payload, config);\n    refuseOtherAudiences(payload, config);\n',
    without: '',
    noticedBy: 'flow/authentication',
  },
  {
    file: authenticate,
    guard: '    refuseOtherTokenTypes(protectedHeader);\n',
    without: '',
    noticedBy: 'flow/authentication',
  },
  {
    file: recipient,
    guard: '!authIssuers.some((issuer) => isIssuedBy(claims, issuer))',
    without: 'false',
    noticedBy: 'flow/authentication',
  },
  {
    file: recipient,
    guard: '!authAudiences.some((name) => audiences.includes(name))',
    without: 'false',
    noticedBy: 'flow/authentication',
  },
  { file: recipient, guard: 'tenantId.test(tid) && ', without: '', noticedBy: 'flow/authentication' },
  {
    file: recipient,
    guard: "iss === issuer.replaceAll('{tenantid}', tid)",
    without: 'true',
    noticedBy: 'flow/authentication',
  },
  { file: recipient, guard: 'values.slice(0, maxListed)', without: 'values', noticedBy: 'flow/authentication' },
  { file: refusal, guard: '.slice(0, maxLength)', without: '', noticedBy: 'flow/authentication' },
  { file: refusal, guard: ".replace(/[^\\x20-\\x7e]/g, '?')", without: '', noticedBy: 'flow/authentication' },
  { file: refusal, guard: 'names.slice(0, maxNames)', without: 'names', noticedBy: 'flow/authentication' },
  {
    file: refusalLog,
    guard: 'last !== undefined && now - last.loggedAt < quietMs',
    without: 'false',
    noticedBy: 'flow/authentication',
  },
  {
    file: refusalLog,
    guard: 'now - last.loggedAt < quietMs',
    without: 'true',
    noticedBy: 'flow/authentication',
  },
  {
    file: verificationKeys,
    guard: 'if (tried === maxCandidates)',
    without: 'if (false)',
    noticedBy: 'flow/jwks',
  },
  {
    file: verificationKeys,
    guard: "requiredClaims: ['exp']",
    without: 'requiredClaims: []',
    noticedBy: 'flow/authentication',
  },
  { file: bearer, guard: 'token.length > maxBytes', without: 'false', noticedBy: 'flow/authentication' },
  {
    file: claims,
    guard: 'Math.min(claims.exp * 1000, latestDateMs)',
    without: 'claims.exp * 1000',
    noticedBy: 'unit/owner.test',
  },
  {
    file: claims,
    guard: 'if (Object.hasOwn(claims, name))',
    without: 'if (name in claims)',
    noticedBy: 'unit/owner.test.ts',
  },
  {
    file: claims,
    guard: 'Object.hasOwn(value, key)',
    without: 'key in value',
    noticedBy: 'unit/owner.test.ts',
  },
  { file: claims, guard: 'entries.length === 1', without: 'true', noticedBy: 'unit/owner.test.ts' },
  {
    file: claims,
    guard: 'isDisplayText(username)',
    without: "typeof username === 'string'",
    noticedBy: 'unit/owner.test.ts',
  },
  {
    file: claims,
    guard: '(readClaim(claims, name) ?? null)',
    without: 'readClaim(claims, name)',
    noticedBy: 'unit/grants',
  },
  {
    file: claims,
    guard: '?.includes(managePermission) ?? null)',
    without: '?.includes(managePermission))',
    noticedBy: 'unit/grants',
  },
  {
    file: claims,
    guard: "Object.hasOwn(claims, 'permissions') ?",
    without: 'claims.permissions?.length ?',
    noticedBy: 'unit/grants',
  },
  { file: grants, guard: 'return noGrants;', without: 'return parseGrants({}, onInvalid);', noticedBy: 'unit/grants' },
  { file: grants, guard: 'words.every(isWord)', without: 'true', noticedBy: 'unit/grants' },
  { file: grants, guard: "value !== ''", without: 'true', noticedBy: 'unit/grants' },
  { file: grants, guard: "typeof canManage === 'boolean' && ", without: '', noticedBy: 'unit/grants' },
  { file: grants, guard: 'keys.length > maxProviders', without: 'false', noticedBy: 'unit/grants' },
  {
    file: grants,
    guard: '!keys.every((key) => providerKeyPattern.test(key))',
    without: 'false',
    noticedBy: 'unit/grants',
  },
  { file: grants, guard: ' && Number.isInteger(number)', without: '', noticedBy: 'unit/grants' },
  { file: grants, guard: ' && number >= 0', without: '', noticedBy: 'unit/grants' },
  { file: grants, guard: ' && number <= greatestLimit', without: '', noticedBy: 'unit/grants' },
  { file: owner, guard: '!/^[A-Za-z0-9._:@|-]{1,128}$/.test(id)', without: 'false', noticedBy: 'unit/owner.test.ts' },
  { file: owner, guard: "typeof id !== 'string' ||", without: '', noticedBy: 'unit/owner.test.ts' },
  {
    file: owner,
    guard: 'if (!isDisplayText(name))',
    without: "if (typeof name !== 'string')",
    noticedBy: 'unit/owner.test.ts',
  },
  { file: displayText, guard: '])[^', without: ']?)[^', noticedBy: 'unit/values' },
  { file: displayText, guard: '\\\\u2800', without: '', noticedBy: 'unit/values' },
  { file: displayText, guard: '\\\\p{Default_Ignorable_Code_Point}', without: '', noticedBy: 'unit/values' },
  { file: displayText, guard: '\\\\u202A-\\\\u202E', without: '', noticedBy: 'unit/values' },
  { file: displayText, guard: '\\\\p{Noncharacter_Code_Point}', without: '', noticedBy: 'unit/values' },
  { file: displayText, guard: '{1,200}', without: '+', noticedBy: 'unit/values' },
  { file: displayText, guard: ".replace(forbiddenCharacters, '')", without: '', noticedBy: 'unit/values' },
  {
    file: hostLogin,
    guard: 'login === null || login === undefined',
    without: 'false',
    noticedBy: 'flow/embedding.test.ts',
  },
  {
    file: hostLogin,
    guard: 'isDisplayText(username) ? username : null',
    without: 'username ?? null',
    noticedBy: 'flow/embedding.test.ts',
  },
  {
    file: hostLogin,
    guard: 'production ? error.name',
    without: 'false ? error.name',
    noticedBy: 'unit/host-login',
  },
  {
    file: hostLogin,
    guard: 'error.message.slice(0, maxMessageLength)',
    without: 'error.message',
    noticedBy: 'unit/host-login',
  },
  { file: jwks, guard: 'ageMs() < staleMs', without: 'true', noticedBy: 'flow/jwks' },
  { file: jwks, guard: 'remote.fresh && ageMs() >= freshMs', without: 'false', noticedBy: 'flow/jwks' },
  {
    file: jwks,
    guard: 'const ageMs = () => performance.now() - fetchedAt;',
    without: 'const ageMs = () => 0;',
    noticedBy: 'flow/jwks',
  },
  {
    file: jwks,
    guard: 'now - failedAt >= failureMemoryMs',
    without: 'true',
    noticedBy: 'flow/jwks',
  },
  { file: jwks, guard: '        failedAt = now;\n', without: '', noticedBy: 'flow/jwks' },
  { file: keySet, guard: 'if (keys.length === 0)', without: 'if (false)', noticedBy: 'flow/jwks' },
  {
    file: keySet,
    guard: '    return undefined;\n',
    without: "    throw new UnusableKeySetError('the key set has no usable key');\n",
    noticedBy: 'flow/jwks',
  },
  { file: keySet, guard: " && imported.usages.includes('verify')", without: '', noticedBy: 'flow/jwks' },
  { file: jwks, guard: 'if (isAboutTheToken(error))', without: 'if (true)', noticedBy: 'flow/jwks' },
  { file: jwks, guard: 'status === last', without: 'false', noticedBy: 'flow/jwks' },
  { file: jwks, guard: "if (status === 'stale') {", without: 'if (false) {', noticedBy: 'flow/jwks' },
  { file: jwks, guard: "if (status === 'unavailable') {", without: 'if (false) {', noticedBy: 'flow/jwks' },
  {
    file: jwks,
    guard: "    metrics.setJwksStale(status === 'stale');\n",
    without: '',
    noticedBy: 'flow/jwks',
  },
  {
    file: tokenCache,
    guard: 'Math.min(expiresAt * 1000 - Date.now(), maxAgeMs)',
    without: 'maxAgeMs',
    noticedBy: 'unit/token-cache',
  },
  {
    file: tokenCache,
    guard: 'Math.min(expiresAt * 1000 - Date.now(), maxAgeMs)',
    without: 'expiresAt * 1000 - Date.now()',
    noticedBy: 'unit/token-cache',
  },
  {
    file: tokenCache,
    guard: ' && performance.now() < entry.until',
    without: '',
    noticedBy: 'unit/token-cache',
  },
  {
    file: tokenCache,
    guard: 'max: maxTokens',
    without: 'max: 10 * maxTokens',
    noticedBy: 'unit/token-cache',
  },
  {
    file: jwks,
    guard: 'if (error instanceof errors.JWKSMultipleMatchingKeys)',
    without: 'if (false)',
    noticedBy: 'flow/jwks',
  },
  {
    file: verificationKeys,
    guard: ' || error instanceof TypeError',
    without: '',
    noticedBy: 'flow/jwks',
  },
];
