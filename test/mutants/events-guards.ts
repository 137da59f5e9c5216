import type { Mutant } from './guards.js';

const receiver = 'src/events/webhooks/receiver.ts';
const signature = 'src/events/webhooks/signature.ts';
const detector = 'src/events/change-detector.ts';
const changes = 'src/events/account-changes.ts';
const fanout = 'src/events/redis-fanout.ts';
const flapFilter = 'src/events/flap-filter.ts';
const sweep = 'src/events/sweep.ts';
const delivery = 'src/events/delivery.ts';
const streams = 'src/graphql/streams.ts';
const subscriptions = 'src/graphql/plugins/subscriptions.ts';
const redis = 'src/egress/redis.ts';
const queue = 'src/events/webhooks/queue.ts';
const startEvents = 'src/events/start-events.ts';
const memoryState = 'src/events/state/memory-state.ts';

/** Guards of webhooks, streams and events: who may report a change, who may see it, and how often. */
export const eventsGuards: readonly Mutant[] = [
  { file: sweep, guard: ' && !isUnreadable(page)', without: '', noticedBy: 'flow/account-sweep' },
  { file: signature, guard: 'timingSafeEqual(found, expected)', without: 'true', noticedBy: 'unit/webhook-signature' },
  {
    file: receiver,
    guard: '    if (!isSigned) {',
    without: '    if (false) {',
    noticedBy: 'flow/webhooks',
  },
  {
    file: receiver,
    guard: "isSigned ? 'signed' : 'unsigned'",
    without: "'all'",
    noticedBy: 'flow/webhooks',
  },
  { file: receiver, guard: 'ageMs > maxAgeMs || ', without: '', noticedBy: 'flow/webhooks' },
  { file: receiver, guard: ' || ageMs < -maxAheadMs', without: '', noticedBy: 'flow/webhooks' },
  { file: receiver, guard: 'if (claims.includes(false)) {', without: 'if (false) {', noticedBy: 'flow/webhooks' },
  {
    file: receiver,
    guard: '[body, webhook.changeId].map(',
    without: '[body].map(',
    noticedBy: 'flow/webhooks',
  },
  {
    file: detector,
    guard: 'record !== undefined && !isDeleted',
    without: 'record !== undefined',
    noticedBy: 'flow/webhooks',
  },
  {
    file: detector,
    guard: '(isDeleted || Date.now() - sentAt.getTime() >= visibleAfterMs)',
    without: 'true',
    noticedBy: 'flow/webhooks',
  },
  {
    file: detector,
    guard: 'isNew && (await',
    without: 'isNew || (await',
    noticedBy: 'flow/webhooks',
  },
  {
    file: changes,
    guard: 'this.#listeners.get(ownerId) ?? []',
    without: '[...this.#listeners.values()].flatMap((set) => [...set])',
    noticedBy: 'unit/account-changes',
  },
  {
    file: changes,
    guard: 'if (!this.#seen.has(id)) {',
    without: 'if (true) {',
    noticedBy: 'flow/account-events-redis',
  },
  {
    file: fanout,
    guard: '() => setTimeout(() => this.#resend(), resendAfterMs).unref(),',
    without: '() => {},',
    noticedBy: 'flow/account-events-redis',
  },
  {
    file: subscriptions,
    guard: '      if (isLateInputError(error)) {',
    without: '      if (false) {',
    noticedBy: 'flow/account-stream',
  },
  {
    file: flapFilter,
    guard: '!health.isReportedBroken && ',
    without: '',
    noticedBy: 'unit/flap-filter',
  },
  {
    file: flapFilter,
    guard: 'if (waitMs <= 0) {',
    without: 'if (true) {',
    noticedBy: 'unit/flap-filter',
  },
  {
    file: sweep,
    guard: 'if (!(await state.claimSweep(Math.max(1, intervalSeconds - 1)))) {',
    without: 'await state.claimSweep(1);\n    if (false) {',
    noticedBy: 'flow/account-sweep',
  },
  {
    file: sweep,
    guard: 'if (known === undefined) {',
    without: 'if (false) {',
    noticedBy: 'flow/account-sweep',
  },
  { file: sweep, guard: 'if (record.account.needsRelink) {', without: 'if (true) {', noticedBy: 'flow/account-sweep' },
  {
    file: flapFilter,
    guard: 'isOwn ? () => this.#deliver(owned) : () => {}',
    without: '() => this.#deliver(owned)',
    noticedBy: 'unit/flap-filter',
  },
  {
    file: flapFilter,
    guard: '      held?.deliver();\n    }\n    this.#health.clear();',
    without: '    }\n    this.#health.clear();',
    noticedBy: 'unit/flap-filter',
  },
  {
    file: flapFilter,
    guard: "if (reason === 'evict') {",
    without: 'if (false) {',
    noticedBy: 'unit/flap-filter',
  },
  {
    file: flapFilter,
    guard: '      clearTimeout(held?.timer);\n',
    without: '',
    noticedBy: 'unit/flap-filter',
  },
  {
    file: detector,
    guard: 'if (this.#isOvertaken(account.id, start)) {',
    without: 'if (false) {',
    noticedBy: 'flow/account-sweep',
  },
  {
    file: sweep,
    guard: '.missingFromBroken(accountId).catch(() => {\n        unread += 1;\n      })',
    without: '.missingFromBroken(accountId)',
    noticedBy: 'flow/account-sweep',
  },
  {
    file: 'src/events/webhooks/queue.ts',
    guard: "await Promise.all([...this.#unfinished].map((job) => this.#giveUp(job, 'the server stops')));",
    without: '',
    noticedBy: 'flow/webhook-queue',
  },
  {
    file: 'src/events/webhooks/queue.ts',
    guard: 'if (this.#unfinished.delete(job)) {',
    without: 'if (true) {',
    noticedBy: 'flow/webhook-queue',
  },
  {
    file: 'src/events/webhooks/queue.ts',
    guard: "const isLimited = codeOf(error) === 'RATE_LIMITED';",
    without: 'const isLimited = false;',
    noticedBy: 'flow/webhook-queue',
  },
  {
    file: 'src/events/state/redis-state.ts',
    guard: '      async () => false,\n',
    without: "      () => this.#own.claim('sweep', seconds),\n",
    noticedBy: 'flow/account-sweep',
  },
  {
    file: delivery,
    guard: 'setTimeout(() => this.#closed.abort(), closeMs)',
    without: 'setTimeout(() => this.#closed.abort(), 0)',
    noticedBy: 'flow/event-delivery',
  },
  {
    file: delivery,
    guard: 'parseRetryAfter(retryAfter) * 1000, maxRetryAfterMs)',
    without: 'parseRetryAfter(retryAfter) * 1000)',
    noticedBy: 'unit/delivery',
  },
  {
    file: delivery,
    guard: ', refusal.retryAfterMs * (1 + Math.random() / 4))',
    without: ')',
    noticedBy: 'flow/event-delivery',
  },
  {
    file: streams,
    guard: '    if (this.#isStopping) {',
    without: '    if (false) {',
    noticedBy: 'flow/account-stream',
  },
  {
    file: streams,
    guard: 'path === undefined ? new GraphQLError(',
    without: 'false ? new GraphQLError(',
    noticedBy: 'flow/account-stream',
  },
  {
    file: subscriptions,
    guard: 'startSubscription !== undefined && hasDirectives(',
    without: 'false && hasDirectives(',
    noticedBy: 'flow/account-stream',
  },
  { file: delivery, guard: "redirect: 'manual'", without: "redirect: 'follow'", noticedBy: 'flow/event-delivery' },
  {
    file: streams,
    guard: 'ofOwner.length >= maxStreamsPerOwner ||',
    without: '',
    noticedBy: 'flow/account-stream',
  },
  {
    file: streams,
    guard: 'ofPerson.length >= maxStreamsPerPerson ||',
    without: '',
    noticedBy: 'flow/account-stream',
  },
  {
    file: streams,
    guard: 'setTimeout(() => stream.complete(), Math.min(untilExpiry, maxDurationMs))',
    without: 'setTimeout(() => stream.complete(), maxDurationMs)',
    noticedBy: 'flow/account-stream',
  },
  {
    file: subscriptions,
    guard: 'if (startSubscription !== undefined && !isSubscription) {',
    without: 'if (false) {',
    noticedBy: 'flow/account-stream',
  },
  {
    file: redis,
    guard: 'this.#pausedUntil = performance.now() + pauseMs;',
    without: '',
    noticedBy: 'flow/quota-redis',
  },
  {
    file: 'src/events/state/redis-state.ts',
    guard: 'if (!isClaimed && (await',
    without: 'if (false && (await',
    noticedBy: 'flow/account-sweep',
  },
  { file: redis, guard: 'if (redis.#isFailing) {', without: 'if (false) {', noticedBy: 'flow/quota-redis' },
  {
    file: 'src/linking/limits/rate-limits.ts',
    guard: 'if left < 0 or left > windowMs then',
    without: 'if left == -2 then',
    noticedBy: 'flow/quota-redis',
  },
  {
    file: 'src/linking/limits/request-window.ts',
    guard: 'if left == -1 or left > tonumber(ARGV[1]) then',
    without: 'if false then',
    noticedBy: 'flow/quota-redis',
  },
  {
    file: redis,
    guard: 'connectTimeout: connectTimeoutMs,\n    socketTimeout: silentMs,',
    without: 'connectTimeout: connectTimeoutMs,',
    noticedBy: 'flow/quota-redis',
  },
  { file: redis, guard: 'pingInterval: pingMs, ', without: '', noticedBy: 'flow/quota-redis' },
  { file: redis, guard: '(?:ERR Error running script .* -)?', without: '', noticedBy: 'flow/quota-redis' },
  { file: redis, guard: 'if (!client.isReady) {', without: 'if (true) {', noticedBy: 'flow/quota-redis' },
  {
    file: 'src/stackone/http/errors.ts',
    guard: 'if (ownCodes.has(code)) {',
    without: 'if (false) {',
    noticedBy: 'unit/upstream-errors',
  },
  { file: redis, guard: 'if (!this.#isFailing && ', without: 'if (', noticedBy: 'flow/quota-redis' },
  {
    file: 'src/http/event-handlers.ts',
    guard: "if (!isJson(request.headers['content-type'])) {",
    without: 'if (false) {',
    noticedBy: 'flow/embedding-events',
  },
  {
    file: detector,
    guard: 'this.#newest.set(accountId, ms);\n    await',
    without: 'await',
    noticedBy: 'flow/account-sweep',
  },
  { file: startEvents, guard: '      sweep.stop();\n', without: '', noticedBy: 'flow/account-events-stop' },
  { file: startEvents, guard: '      delivery?.close();\n', without: '', noticedBy: 'flow/account-events-stop' },
  {
    file: memoryState,
    guard: '{ ttl: seconds * 1000 }',
    without: '{ ttl: 0 }',
    noticedBy: 'flow/account-events-stop',
  },
  { file: queue, guard: 'this.#unfinished.size >= maxQueued || ', without: '', noticedBy: 'flow/webhook-queue' },
  { file: receiver, guard: '      await release();\n', without: '', noticedBy: 'flow/webhook-queue' },
  {
    file: delivery,
    guard: 'if (this.#pending.size >= maxPending)',
    without: 'if (false)',
    noticedBy: 'flow/event-delivery',
  },
  {
    file: fanout,
    guard: 'this.#retry ??= setTimeout(() => this.#sendUnsent(), retryMs).unref();',
    without: '',
    noticedBy: 'flow/account-events-redis',
  },
  {
    file: redis,
    guard: '[this.client, ...this.#subscribers]',
    without: '[this.client]',
    noticedBy: 'flow/account-events-redis',
  },
  {
    file: streams,
    guard: '      await source[Symbol.asyncIterator]().return?.();\n',
    without: '',
    noticedBy: 'flow/account-stream',
  },
  { file: streams, guard: '        await changes.return?.();\n', without: '', noticedBy: 'flow/account-stream' },
  { file: streams, guard: '      clearInterval(this.#heartbeats);\n', without: '', noticedBy: 'flow/account-stream' },
  { file: streams, guard: '      clearTimeout(timer);\n', without: '', noticedBy: 'flow/account-stream' },
  { file: flapFilter, guard: ' && health.held === undefined', without: '', noticedBy: 'unit/flap-filter' },
  { file: sweep, guard: '(id) => !found.has(id)', without: '() => true', noticedBy: 'flow/account-sweep' },
  { file: queue, guard: ' && performance.now() < deadline', without: '', noticedBy: 'flow/webhook-queue' },
  { file: queue, guard: 'this.#workers < maxWorkers', without: 'true', noticedBy: 'flow/webhook-queue' },
  {
    file: queue,
    guard: 'pauseMs === undefined || this.#stopping.signal.aborted',
    without: 'pauseMs === undefined',
    noticedBy: 'flow/webhook-queue',
  },
  {
    file: queue,
    guard: ' || this.#stopping.signal.aborted) {\n      return false',
    without: ') {\n      return false',
    noticedBy: 'flow/webhook-queue',
  },
  { file: queue, guard: 'isLimited ? 0 : 1', without: '1', noticedBy: 'flow/webhook-queue' },
  {
    file: sweep,
    guard: '.filter(({ account }) => !seen.has(account.id))',
    without: '',
    noticedBy: 'flow/account-sweep',
  },
  { file: memoryState, guard: 'if (isNew) {', without: 'if (true) {', noticedBy: 'unit/memory-state' },
];
