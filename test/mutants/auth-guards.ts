import type { Mutant } from './guards.js';

const authenticate = 'src/auth/authenticate.ts';
const claims = 'src/auth/claims.ts';
const hostLogin = 'src/auth/host-login.ts';
const jwks = 'src/auth/jwks.ts';
const keySet = 'src/auth/key-set.ts';
const tokenCache = 'src/auth/token-cache.ts';
const owner = 'src/domain/owner.ts';
const displayText = 'src/domain/display-text.ts';

/** Guards against callers who are not signed in, and against owners that no token and no login names. */
export const authGuards: readonly Mutant[] = [
  {
    file: authenticate,
    guard: '    algorithms,\n',
    without: '',
    noticedBy: 'flow/authentication',
  },
  {
    file: authenticate,
    guard: '    issuer: config.authIssuer,\n',
    without: '',
    noticedBy: 'flow/authentication',
  },
  {
    file: authenticate,
    guard: '    audience: config.authAudience,\n',
    without: '',
    noticedBy: 'flow/authentication',
  },
  {
    file: authenticate,
    guard: "requiredClaims: ['exp']",
    without: 'requiredClaims: []',
    noticedBy: 'flow/authentication',
  },
  {
    file: authenticate,
    guard: '      refuseOtherTokenTypes(protectedHeader);\n',
    without: '',
    noticedBy: 'flow/authentication',
  },
  {
    file: authenticate,
    guard: 'authorization.length <= maxHeaderBytes',
    without: 'true',
    noticedBy: 'flow/authentication',
  },
  {
    file: claims,
    guard: 'if (Object.hasOwn(claims, name))',
    without: 'if (name in claims)',
    noticedBy: 'unit/owner',
  },
  {
    file: claims,
    guard: 'Object.hasOwn(value, key)',
    without: 'key in value',
    noticedBy: 'unit/owner',
  },
  {
    file: claims,
    guard: 'isDisplayText(username)',
    without: "typeof username === 'string'",
    noticedBy: 'unit/owner',
  },
  { file: owner, guard: '!/^[A-Za-z0-9._:@|-]{1,128}$/.test(id)', without: 'false', noticedBy: 'unit/owner' },
  { file: owner, guard: "typeof id !== 'string' ||", without: '', noticedBy: 'unit/owner' },
  {
    file: owner,
    guard: 'if (!isDisplayText(name))',
    without: "if (typeof name !== 'string')",
    noticedBy: 'unit/owner',
  },
  { file: owner, guard: 'return #verified in value;', without: 'return true;', noticedBy: 'unit/owner' },
  { file: displayText, guard: '])[^', without: ']?)[^', noticedBy: 'unit/display-text' },
  { file: displayText, guard: '\\\\u2800', without: '', noticedBy: 'unit/display-text' },
  { file: displayText, guard: '\\\\p{Default_Ignorable_Code_Point}', without: '', noticedBy: 'unit/display-text' },
  { file: displayText, guard: '\\\\u202A-\\\\u202E', without: '', noticedBy: 'unit/display-text' },
  { file: displayText, guard: '\\\\p{Noncharacter_Code_Point}', without: '', noticedBy: 'unit/display-text' },
  { file: displayText, guard: '{1,200}', without: '+', noticedBy: 'unit/display-text' },
  { file: displayText, guard: ".replace(forbiddenCharacters, '')", without: '', noticedBy: 'unit/display-text' },
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
    guard: 'error.name : ',
    without: 'error.message : ',
    noticedBy: 'flow/embedding.test.ts',
  },
  {
    file: jwks,
    guard: 'Date.now() - (cache.uat ?? 0) < staleMs',
    without: 'true',
    noticedBy: 'flow/jwks',
  },
  {
    file: jwks,
    guard: 'performance.now() - failedAt >= failureMemoryMs',
    without: 'true',
    noticedBy: 'flow/jwks',
  },
  { file: keySet, guard: 'if (usable.length === 0)', without: 'if (false)', noticedBy: 'flow/jwks' },
  {
    file: keySet,
    guard: 'keys.filter((_, index) => isUsable[index])',
    without: 'isUsable.includes(true) ? keys : []',
    noticedBy: 'flow/jwks',
  },
  { file: keySet, guard: " && imported.usages.includes('verify')", without: '', noticedBy: 'flow/jwks' },
  { file: jwks, guard: 'if (isAboutTheToken(error))', without: 'if (true)', noticedBy: 'flow/jwks' },
  { file: jwks, guard: 'if (stale && !isStale)', without: 'if (false)', noticedBy: 'flow/jwks' },
  { file: jwks, guard: 'if (stale && !isStale)', without: 'if (stale)', noticedBy: 'flow/jwks' },
  { file: jwks, guard: '    metrics.setJwksStale(stale);\n', without: '', noticedBy: 'flow/jwks' },
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
];
