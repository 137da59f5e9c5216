import { clientGuards } from './client-guards.js';

/** A guard, the code without it, and the tests that must fail without it. */
export interface Mutant {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly guard: string;
  readonly without: string;
  /** Path pattern below `test/`, as Jest accepts it. */
  readonly noticedBy: string;
}

const authenticate = 'src/auth/authenticate.ts';
const owner = 'src/auth/owner.ts';
const identify = 'src/auth/identify.ts';
const remoteKeys = 'src/auth/remote-keys.ts';
const config = 'src/config.ts';
const dataSource = 'src/stackone/stackone-data-source.ts';
const listing = 'src/stackone/account-listing.ts';
const verifiedTokens = 'src/auth/verified-tokens.ts';
const known = 'src/graphql/known-operations.ts';
const prepared = 'src/graphql/prepared-operation.ts';
const client = 'src/stackone/stackone-client.ts';
const exchange = 'src/stackone/exchange.ts';
const readAnswer = 'src/stackone/read-answer.ts';
const wire = 'src/stackone/wire.ts';
const settings = 'src/connect-settings.ts';
const accept = 'src/graphql/accept.ts';
const limits = 'src/graphql/query-limits.ts';
const session = 'src/graphql/connect-session.ts';
const formatError = 'src/graphql/format-error.ts';
const connect = 'src/connect.ts';
const server = 'src/http/server.ts';

/** Guards for owner isolation, secrets, load and the client. `npm run mutants` removes them one at a time. */
export const mutants: readonly Mutant[] = [
  {
    file: authenticate,
    guard: '    issuer: config.issuer,\n',
    without: '',
    noticedBy: 'flow/authentication',
  },
  {
    file: authenticate,
    guard: '    audience: config.audience,\n',
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
  { file: owner, guard: '!/^[A-Za-z0-9._:@|-]{1,128}$/.test(id)', without: 'false', noticedBy: 'unit/owner' },
  { file: owner, guard: "typeof id !== 'string' ||", without: '', noticedBy: 'unit/owner' },
  {
    file: owner,
    guard: 'if (!isName(name))',
    without: "if (typeof name !== 'string')",
    noticedBy: 'unit/owner',
  },
  {
    file: owner,
    guard: 'isName(username)',
    without: "typeof username === 'string'",
    noticedBy: 'unit/owner',
  },
  {
    file: identify,
    guard: 'login === null || login === undefined',
    without: 'false',
    noticedBy: 'flow/embedding',
  },
  { file: identify, guard: 'error.name : ', without: 'error.message : ', noticedBy: 'flow/embedding' },
  {
    file: settings,
    guard: "reader.flag('NODE_ENV') ?? true",
    without: "reader.flag('NODE_ENV') ?? false",
    noticedBy: 'unit/connect-settings',
  },
  {
    file: settings,
    guard: 'Object.keys(given).filter(',
    without: '[].filter(',
    noticedBy: 'unit/connect-settings',
  },
  {
    file: remoteKeys,
    guard: 'Date.now() - (cache.uat ?? 0) < staleMs',
    without: 'true',
    noticedBy: 'flow/jwks',
  },
  {
    file: remoteKeys,
    guard: 'performance.now() - failedAt >= failureMemoryMs',
    without: 'true',
    noticedBy: 'flow/jwks',
  },
  { file: remoteKeys, guard: 'if (isAboutTheToken(error))', without: 'if (true)', noticedBy: 'flow/jwks' },
  { file: config, guard: 'if (common.production) {', without: 'if (false) {', noticedBy: 'unit/config' },
  {
    file: config,
    guard: "production ? ['https'] : ['http', 'https']",
    without: "['http', 'https']",
    noticedBy: 'unit/config',
  },
  { file: config, guard: 'Buffer.byteLength(secret) < 32', without: 'false', noticedBy: 'unit/config' },
  {
    file: config,
    guard: 'liveOnlyVariables.filter((name) => reader.has(name))',
    without: '[]',
    noticedBy: 'unit/config',
  },
  {
    file: config,
    guard: 'return canVerifyTokens(key) ? key : undefined;',
    without: 'return key;',
    noticedBy: 'unit/config',
  },
  {
    file: verifiedTokens,
    guard: 'Math.min(expiresAt * 1000, Date.now() + maxAgeMs)',
    without: 'Date.now() + maxAgeMs',
    noticedBy: 'flow/authentication',
  },
  {
    file: verifiedTokens,
    guard: ' && Date.now() < verified.until',
    without: '',
    noticedBy: 'unit/verified-tokens',
  },
  {
    file: verifiedTokens,
    guard: 'this.#known.size > maxTokens',
    without: 'false',
    noticedBy: 'unit/verified-tokens',
  },
  {
    file: known,
    guard: '[accept, query]',
    without: '[query]',
    noticedBy: 'flow/known-operations',
  },
  {
    file: known,
    guard: 'this.#formatError(toFormatted(error), error)',
    without: 'error',
    noticedBy: 'flow/known-operations',
  },
  {
    file: known,
    guard: "|| 'extensions' in body",
    without: '',
    noticedBy: 'flow/known-operations',
  },
  {
    file: known,
    guard: 'this.#known.size < maxKnown ? [] : this.#known.keys()',
    without: '[]',
    noticedBy: 'flow/known-operations',
  },
  {
    file: prepared,
    guard: 'if (node.directives?.length) return undefined;',
    without: '',
    noticedBy: 'unit/prepared-operation',
  },
  {
    file: prepared,
    guard: "if (key.startsWith('__') && key !== '__typename') return undefined;",
    without: '',
    noticedBy: 'unit/prepared-operation',
  },
  {
    file: prepared,
    guard: 'field === undefined || field.resolve !== undefined',
    without: 'field === undefined',
    noticedBy: 'unit/prepared-operation',
  },
  {
    file: prepared,
    guard: 'copy(value) ??',
    without: 'true ? copy(value) :',
    noticedBy: 'unit/prepared-operation',
  },
  {
    file: prepared,
    guard: 'operation === undefined || others.length > 0',
    without: 'operation === undefined',
    noticedBy: 'unit/prepared-operation',
  },
  {
    file: prepared,
    guard: 'selected === undefined || more.length > 0 ||',
    without: 'selected === undefined ||',
    noticedBy: 'unit/prepared-operation',
  },
  {
    file: prepared,
    guard: 'if (variableValues === undefined) return { errors };',
    without: 'if (variableValues === undefined) return { data: null, errors };',
    noticedBy: 'unit/prepared-operation',
  },
  {
    file: prepared,
    guard: '{ maxErrors: 1 }',
    without: '{}',
    noticedBy: 'unit/prepared-operation',
  },
  {
    file: dataSource,
    guard: 'row === undefined || !isOwnedBy(row, this.#owner.id)',
    without: 'row === undefined',
    noticedBy: 'flow/ownership',
  },
  {
    file: dataSource,
    guard: '!accountIdPattern.test(accountId)',
    without: 'false',
    noticedBy: 'flow/ownership',
  },
  {
    file: dataSource,
    guard: 'id === accountId',
    without: 'true',
    noticedBy: 'flow/upstream',
  },
  {
    file: dataSource,
    guard: 'session.origin_owner_id === this.#owner.id',
    without: 'true',
    noticedBy: 'flow/upstream',
  },
  {
    file: dataSource,
    guard: 'provider !== undefined && provider !== account.providerKey',
    without: 'false',
    noticedBy: 'flow/connect-session',
  },
  {
    file: dataSource,
    guard: '!(await this.#mayBeEnabled(provider))',
    without: 'false',
    noticedBy: 'flow/connect-session',
  },
  {
    file: dataSource,
    guard: 'if (accounts.length > 1)',
    without: 'if (false)',
    noticedBy: 'flow/on-existing',
  },
  {
    file: dataSource,
    guard: 'onExisting === OnExistingAccount.FAIL && accounts.length > 0',
    without: 'false',
    noticedBy: 'flow/on-existing',
  },
  {
    file: dataSource,
    guard: 'allowAuthLinks ? toAuthLinkUrl(answer) : null',
    without: 'toAuthLinkUrl(answer)',
    noticedBy: 'flow/connect-session',
  },
  {
    file: 'src/logger.ts',
    guard: "'token', 'authorization', 'authLinkUrl'",
    without: '',
    noticedBy: 'unit/logger',
  },
  {
    file: dataSource,
    guard: "    await this.#quota.takeFor(this.#owner.id, 'session');\n",
    without: '',
    noticedBy: 'flow/quota',
  },
  {
    file: dataSource,
    guard: "    await this.#quota.takeFor(this.#owner.id, 'look-up');\n",
    without: '',
    noticedBy: 'flow/quota',
  },
  {
    file: listing,
    guard: '          isOwnedBy(row, this.#owner.id)\n',
    without: '          true\n',
    noticedBy: 'flow/linked-accounts',
  },
  { file: client, guard: '    await this.#quota.takeCall();\n', without: '', noticedBy: 'flow/quota' },
  {
    file: client,
    guard: '      this.#refuseWhilePaused(endpoint);\n',
    without: '',
    noticedBy: 'flow/resilience',
  },
  {
    file: client,
    guard: 'if (!this.#retryBudget.take())',
    without: 'if (false)',
    noticedBy: 'flow/resilience',
  },
  {
    file: client,
    guard: 'handleWhen((error) => error instanceof UpstreamError && error.countsForBreaker)',
    without: 'handleWhen(() => false)',
    noticedBy: 'flow/resilience',
  },
  {
    file: client,
    guard: 'bulkhead(maxInFlight, maxWaiting)',
    without: 'bulkhead(1_000, 1_000)',
    noticedBy: 'flow/resilience',
  },
  {
    file: client,
    guard: "(method === 'DELETE' && !(retry.kind === 'soon' && !retry.sent))",
    without: 'false',
    noticedBy: 'flow/resilience',
  },
  {
    file: exchange,
    guard: 'if (this.#bytes > (this.#isUsed ? this.#limits.maxBytes : maxUnusedBytes))',
    without: 'if (this.#bytes > 1000 * this.#limits.maxBytes)',
    noticedBy: 'flow/upstream',
  },
  { file: readAnswer, guard: 'if (isUtf8(bytes))', without: 'if (bytes)', noticedBy: 'flow/upstream' },
  {
    file: exchange,
    guard: '!/^application\\/json(;|$)/i.test(',
    without: '!/./.test(',
    noticedBy: 'flow/upstream',
  },
  {
    file: wire,
    guard: 'z.string().regex(/^[\\x21-\\x7e]{1,4096}$/)',
    without: 'z.string()',
    noticedBy: 'flow/upstream',
  },
  {
    file: wire,
    guard: '/^(https:\\/\\/|data:image\\/)/.test(url)',
    without: 'true',
    noticedBy: 'flow/provider-catalogue',
  },
  { file: session, guard: '[^\\p{Cc}\\p{Cs}]{1,200}', without: '[^]*', noticedBy: 'flow/connect-session' },
  { file: session, guard: 'accountId !== undefined)', without: 'false)', noticedBy: 'flow/connect-session' },
  {
    file: limits,
    guard: 'found.depth > queryLimits.depth',
    without: 'false',
    noticedBy: 'unit/query-limits',
  },
  {
    file: limits,
    guard: 'found.aliases > queryLimits.aliases',
    without: 'false',
    noticedBy: 'unit/query-limits',
  },
  {
    file: limits,
    guard: 'directives > queryLimits.directives',
    without: 'false',
    noticedBy: 'unit/query-limits',
  },
  { file: limits, guard: 'found.cost > queryLimits.cost', without: 'false', noticedBy: 'unit/query-limits' },
  {
    file: limits,
    guard: 'found.fields > queryLimits.mutationFields',
    without: 'false',
    noticedBy: 'unit/query-limits',
  },
  { file: accept, guard: '!acceptsJson.test(', without: '!/^/.test(', noticedBy: 'flow/embedding' },
  {
    file: connect,
    guard: "      response.setHeader('cache-control', 'no-store');\n",
    without: '',
    noticedBy: 'flow/embedding',
  },
  {
    file: formatError,
    guard: 'withoutValues(formatted.message)',
    without: 'formatted.message',
    noticedBy: 'flow/http-edge',
  },
  {
    file: connect,
    guard: '    parseOptions: { maxTokens: queryLimits.tokens },\n',
    without: '',
    noticedBy: 'flow/hostile-queries',
  },
  {
    file: connect,
    guard: '    validationRules: [queryLimitsRule],\n',
    without: '',
    noticedBy: 'flow/hostile-queries',
  },
  {
    file: connect,
    guard: 'introspection: config.introspection',
    without: 'introspection: true',
    noticedBy: 'flow/http-edge',
  },
  { file: server, guard: '    bodyLimit: maxBodyBytes,\n', without: '', noticedBy: 'flow/http-edge' },
  {
    file: server,
    guard: "    reply.header('cache-control', 'no-store');\n",
    without: '',
    noticedBy: 'flow/http-edge',
  },
  {
    file: server,
    guard: 'origin: [...config.corsOrigins]',
    without: 'origin: true',
    noticedBy: 'flow/http-cors',
  },
  ...clientGuards,
];
