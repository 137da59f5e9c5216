import type { Mutant } from './guards.js';

const api = 'src/stackone/api.ts';
const bulkhead = 'src/stackone/http/bulkhead.ts';
const shares = 'src/stackone/http/shares.ts';
const breaker = 'src/stackone/http/circuit-breaker.ts';
const client = 'src/stackone/http/client.ts';
const errors = 'src/stackone/http/errors.ts';
const mappers = 'src/stackone/mappers.ts';
const request = 'src/stackone/http/request.ts';
const response = 'src/stackone/http/response.ts';
const listReader = 'src/stackone/list-reader.ts';
const providerReader = 'src/stackone/provider-reader.ts';
const retryBudget = 'src/stackone/http/retry-budget.ts';
const schemas = 'src/stackone/schemas.ts';

/** Guards towards StackOne: how often it is called, and what of its responses is used. */
export const stackoneGuards: readonly Mutant[] = [
  {
    file: api,
    guard: "found.id === id ? undefined : 'id'",
    without: 'undefined',
    noticedBy: 'flow/upstream-responses',
  },
  {
    file: api,
    guard: '      mismatch: (found) => findForeignOwner(found, session.owner.id),\n',
    without: '',
    noticedBy: 'flow/upstream-responses',
  },
  {
    file: api,
    guard: 'ownerId !== undefined && isForeignAccount(json, id, ownerId)',
    without: 'false',
    noticedBy: 'flow/ownership',
  },
  {
    file: mappers,
    guard: ' && data.owner !== ownerId',
    without: '',
    noticedBy: 'flow/ownership',
  },
  {
    file: mappers,
    guard: ' && data.id === id',
    without: '',
    noticedBy: 'unit/mappers',
  },
  {
    file: mappers,
    guard: 'response.origin_owner_id === ownerId ?',
    without: 'true ?',
    noticedBy: 'unit/mappers',
  },
  { file: mappers, guard: "    ['origin_owner_id', ownerId],\n", without: '', noticedBy: 'unit/mappers' },
  { file: mappers, guard: '.url({ protocol: /^https?$/ })', without: '.url()', noticedBy: 'unit/mappers' },
  { file: mappers, guard: 'if (row.active === false)', without: 'if (false)', noticedBy: 'unit/mappers' },
  {
    file: mappers,
    guard: '(isWebUrl(url) || inlineImage.test(url))',
    without: 'true',
    noticedBy: 'unit/mappers',
  },
  { file: mappers, guard: 'oneOf(Category, category) ?? []', without: 'category', noticedBy: 'unit/mappers' },
  { file: mappers, guard: " && new URL(url).username === ''", without: '', noticedBy: 'unit/mappers' },
  {
    file: mappers,
    guard: 'oneOf(LinkedAccountStatus, row.status) ?? LinkedAccountStatus.UNKNOWN',
    without: 'row.status',
    noticedBy: 'unit/mappers',
  },
  {
    file: schemas,
    guard: 'z.string().regex(/^[\\x21-\\x7e]{1,4096}$/)',
    without: 'z.string()',
    noticedBy: 'unit/mappers',
  },
  {
    file: schemas,
    guard: 'z.union([z.string().regex(accountIdPattern)',
    without: 'z.union([z.string()',
    noticedBy: 'unit/mappers',
  },
  {
    file: schemas,
    guard: 'z.int().nonnegative().transform(String)',
    without: 'z.number().transform(String)',
    noticedBy: 'unit/mappers',
  },
  {
    file: schemas,
    guard: "typeof value === 'string' && providerKeyPattern.test(value)",
    without: "typeof value === 'string'",
    noticedBy: 'unit/mappers',
  },
  {
    file: schemas,
    guard: "typeof owner === 'string' && owner !== '' ? owner : null",
    without: 'owner === undefined ? null : String(owner)',
    noticedBy: 'unit/mappers',
  },
  { file: schemas, guard: '({ owner }) => owner !== null', without: '() => true', noticedBy: 'unit/mappers' },
  { file: schemas, guard: 'value.slice(0, maxItems)', without: 'value', noticedBy: 'unit/mappers' },
  { file: schemas, guard: 'z.string().max(1_000)', without: 'z.string()', noticedBy: 'unit/mappers' },
  { file: schemas, guard: 'z.string().max(32_768)', without: 'z.string()', noticedBy: 'unit/mappers' },
  {
    file: listReader,
    guard: 'values.slice(0, maxRows)',
    without: 'values',
    noticedBy: 'flow/provider-list',
  },
  { file: listReader, guard: 'if (skipped.size > 0)', without: 'if (false)', noticedBy: 'flow/odd-rows' },
  { file: listReader, guard: 'if (unusable.size > 0)', without: 'if (false)', noticedBy: 'flow/odd-rows' },
  {
    file: providerReader,
    guard: 'number < maxPages && ',
    without: '',
    noticedBy: 'flow/provider-catalog',
  },
  { file: providerReader, guard: 'rowCount < maxRows && ', without: '', noticedBy: 'flow/provider-list' },
  { file: providerReader, guard: ' && bytes < maxTotalBytes', without: '', noticedBy: 'flow/provider-list' },
  {
    file: providerReader,
    guard: 'page === undefined || !(isNew || isUnreadable(page))',
    without: 'page === undefined',
    noticedBy: 'flow/provider-list',
  },
  {
    file: providerReader,
    guard: 'Math.min(rowCount, maxRows) < total',
    without: 'false',
    noticedBy: 'flow/provider-list',
  },
  {
    file: schemas,
    guard: 'if (Number.isNaN(date.getTime()))',
    without: 'if (false)',
    noticedBy: 'unit/mappers',
  },
  {
    file: 'src/stackone/http/transport.ts',
    guard: "      ['accept-encoding', 'identity'],\n",
    without: '',
    noticedBy: 'flow/connect-session-ok',
  },
  {
    file: client,
    guard: '      await this.#quota.takeRequest(origin);\n',
    without: '',
    noticedBy: 'flow/quota.test.ts',
  },
  {
    file: client,
    guard: '      this.#refuseWhilePaused(endpoint);\n',
    without: '',
    noticedBy: 'flow/resilience-pauses',
  },
  {
    file: retryBudget,
    guard: 'if (!this.take())',
    without: 'if (false)',
    noticedBy: 'flow/resilience-load',
  },
  {
    file: client,
    guard: 'new Bulkhead(maxInFlight, maxQueued)',
    without: 'new Bulkhead(1_000, 1_000)',
    noticedBy: 'flow/resilience-load',
  },
  {
    file: client,
    guard: "error.share.of === 'owner'",
    without: 'false',
    noticedBy: 'flow/fair-shares',
  },
  {
    file: client,
    guard: "ownerId === undefined ? 'background' : urgent",
    without: 'urgent',
    noticedBy: 'flow/stackone-client',
  },
  {
    file: client,
    guard: '          await this.#waitForQuota(origin, context);\n',
    without: '',
    noticedBy: 'flow/stackone-client',
  },
  {
    file: client,
    guard: 'request.context.deadline - startedAt',
    without: 'attemptTimeoutMs',
    noticedBy: 'flow/stackone-client',
  },
  {
    file: client,
    guard: 'context.deadline + deadlineMarginMs - performance.now()',
    without: '60_000',
    noticedBy: 'flow/stackone-client',
  },
  {
    file: client,
    guard: 'isCut ? deadlinePassed(endpoint)',
    without: 'false ? deadlinePassed(endpoint)',
    noticedBy: 'flow/stackone-client',
  },
  {
    file: shares,
    guard: 'const ownerPart = 1 / 4;',
    without: 'const ownerPart = 1;',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: bulkhead,
    guard: 'lookups: 7 / 8',
    without: 'lookups: 1',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: shares,
    guard: 'if (full === undefined) {',
    without: 'if (true) {',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: shares,
    guard: 'Math.min(own.max, part)',
    without: 'own.max',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: shares,
    guard: 'Math.max(free / 2, Math.min(minShare, free))',
    without: 'free',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: shares,
    guard: 'Math.max(free / 2, Math.min(minShare, free))',
    without: 'free / 2',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: bulkhead,
    guard: "      cancellation.addEventListener('abort', onAbort);\n",
    without: '',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: bulkhead,
    guard: 'deadline - performance.now()',
    without: '60_000',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: bulkhead,
    guard: '        this.#waiting.release(shares);\n',
    without: '',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: bulkhead,
    guard: 'if (full !== undefined) {',
    without: 'if (false) {',
    noticedBy: 'unit/bulkhead',
  },
  {
    file: breaker,
    guard: "} else if (health === 'down') {",
    without: '} else if (health === undefined) {',
    noticedBy: 'unit/circuit-breaker',
  },
  {
    file: breaker,
    guard: "      if (health === 'up') {",
    without: "      if (health !== 'down') {",
    noticedBy: 'unit/circuit-breaker',
  },
  {
    file: breaker,
    guard: 'owner === undefined ? failuresToOpen : maxFailuresOfOwner',
    without: 'failuresToOpen',
    noticedBy: 'unit/circuit-breaker',
  },
  {
    file: breaker,
    guard: 'owner !== undefined && owner === this.#lastProbeOwner ?',
    without: 'owner === this.#openedAt?.toString() ?',
    noticedBy: 'unit/circuit-breaker',
  },
  {
    file: breaker,
    guard: ' && owners >= Math.ceil(recent / recentOwnersPerFailure)',
    without: '',
    noticedBy: 'unit/circuit-breaker',
  },
  { file: breaker, guard: 'count >= failuresToOpen', without: 'false', noticedBy: 'flow/resilience-breaker' },
  {
    file: client,
    guard: "return 'sessions';",
    without: "return 'lookups';",
    noticedBy: 'flow/resilience-breaker',
  },
  {
    file: errors,
    guard: 'if (isBrokenHttp(error))',
    without: 'if (false)',
    noticedBy: 'flow/faults-response',
  },
  {
    file: request,
    guard: 'if (this.#informational > maxInformational)',
    without: 'if (false)',
    noticedBy: 'flow/faults-response',
  },
  {
    file: request,
    guard: "this.#refuse('too large by its content length', 'up');",
    without: "this.#refuse('too large by its content length');",
    noticedBy: 'flow/resilience-breaker',
  },
  {
    file: response,
    guard: "}`, { health: 'up' }",
    without: '}`',
    noticedBy: 'flow/resilience-breaker',
  },
  {
    file: response,
    guard: ", { alert: 'foreign-response' }",
    without: '',
    noticedBy: 'flow/upstream-responses',
  },
  {
    file: retryBudget,
    guard: "(method === 'DELETE' && !(retry.kind === 'soon' && !retry.sent))",
    without: 'false',
    noticedBy: 'flow/resilience-delete',
  },
  { file: client, guard: 'attempt < maxAttempts ?', without: 'true ?', noticedBy: 'flow/resilience-delete' },
  { file: retryBudget, guard: 'this.#tokens < 1', without: 'false', noticedBy: 'unit/upstream-errors' },
  {
    file: retryBudget,
    guard: 'Math.min(capacity, this',
    without: 'Math.max(0, this',
    noticedBy: 'unit/upstream-errors',
  },
  {
    file: errors,
    guard: 'seconds <= maxPauseSeconds ?',
    without: 'true ?',
    noticedBy: 'unit/upstream-errors',
  },
  {
    file: errors,
    guard: 'Math.min(Math.max(seconds, 1), 3600)',
    without: 'Math.max(seconds, 1)',
    noticedBy: 'unit/upstream-errors',
  },
  {
    file: errors,
    guard: 'Math.min(Math.max(seconds, 1), 3600)',
    without: 'Math.min(seconds, 3600)',
    noticedBy: 'unit/upstream-errors',
  },
  {
    file: errors,
    guard: 'if (certificateCodes.test(code))',
    without: 'if (false)',
    noticedBy: 'unit/upstream-errors',
  },
  {
    file: errors,
    guard: 'isFreshSocket || !closedSocketCodes.has(code) ?',
    without: 'true ?',
    noticedBy: 'unit/upstream-errors',
  },
  {
    file: errors,
    guard: 'sent: !notSentCodes.has(code)',
    without: 'sent: false',
    noticedBy: 'unit/upstream-errors',
  },
  {
    file: errors,
    guard: 'code}`.trim()',
    without: 'error}`.trim()',
    noticedBy: 'unit/upstream-errors',
  },
  {
    file: request,
    guard: 'if (this.#bytes > (this.#readsBody ? this.#limits.maxBytes : maxUnusedBytes))',
    without: 'if (this.#bytes > 1000 * this.#limits.maxBytes)',
    noticedBy: 'flow/upstream-responses',
  },
  {
    file: request,
    guard: '/^application\\/json[ \\t]*(;|$)/i.test(',
    without: '/./.test(',
    noticedBy: 'flow/upstream-responses',
  },
  {
    file: request,
    guard: 'if (this.#isSuccess && !this.#hasExpectedType',
    without: 'if (this.#readsBody && !this.#hasExpectedType',
    noticedBy: 'flow/resilience-delete',
  },
  { file: response, guard: 'if (isUtf8(bytes))', without: 'if (true)', noticedBy: 'flow/upstream-responses' },
];
