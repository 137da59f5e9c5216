import type { Mutant } from './guards.js';

const connections = 'src/http/plugins/connections.ts';
const control = 'emulator/src/control.ts';
const embed = 'src/embed.ts';
const fetchRequest = 'src/http/fetch-request.ts';
const graphqlRoute = 'src/http/routes/graphql.ts';
const jsonBody = 'src/http/plugins/json-body.ts';
const nodeRequest = 'src/http/node-request.ts';
const overload = 'src/http/plugins/overload.ts';
const requestContext = 'src/observability/request-context.ts';
const server = 'src/http/server.ts';
const telemetry = 'src/observability/request-telemetry.ts';

/** Guards at the edge: what a request may contain, what a response may be used for, and what is logged. */
export const httpGuards: readonly Mutant[] = [
  { file: 'src/server.ts', guard: 'await closeAll(0);', without: '', noticedBy: 'flow/start-failure' },
  { file: 'src/server.ts', guard: ', sleep(lingerMs).then(finishWebhooks)', without: '', noticedBy: 'flow/shutdown' },
  {
    file: 'src/observability/metrics.ts',
    guard: 'requestErrors.inc({ code }, 0);',
    without: '',
    noticedBy: 'contract/deployment',
  },
  {
    file: 'src/stackone/list-reader.ts',
    guard: 'observability.metrics.addSkippedRows(path, 0);',
    without: '',
    noticedBy: 'contract/deployment',
  },
  {
    file: 'src/http/event-handlers.ts',
    guard: 'if (size > maxBytes)',
    without: 'if (false)',
    noticedBy: 'flow/embedding-events',
  },
  {
    file: 'src/http/fetch-request.ts',
    guard: '    if (!this.#contexts.delete(context)) {\n      return;\n    }\n',
    without: '',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: 'src/http/fetch-request.ts',
    guard: "'body' in options && !startsOperation(options.body)",
    without: 'false',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: 'src/http/routes/graphql.ts',
    guard: '      refusedMutations.recordBody(body, requestContext, originalOf(error));\n',
    without: '',
    noticedBy: 'flow/audit',
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
  { file: server, guard: "    methods: ['POST'],\n", without: '', noticedBy: 'flow/http-cors' },
  {
    file: server,
    guard: 'credentials: config.corsCredentials',
    without: 'credentials: true',
    noticedBy: 'flow/http-cors',
  },
  {
    file: server,
    guard: ' && connections.isLatest(request.raw)',
    without: '',
    noticedBy: 'flow/shutdown',
  },
  {
    file: connections,
    guard: 'NetServer.prototype.close.call(this.#server)',
    without: 'this.#server.close()',
    noticedBy: 'flow/shutdown',
  },
  {
    file: connections,
    guard: ' || (inFlight === 1 && latest?.complete === false)',
    without: '',
    noticedBy: 'flow/shutdown',
  },
  {
    file: connections,
    guard: 'await Promise.race([closed, sleep(lingerMs, undefined, { ref: false })]);',
    without: '',
    noticedBy: 'flow/shutdown',
  },
  {
    file: connections,
    guard: 'now - since >= timeoutMs',
    without: 'false',
    noticedBy: 'flow/unread-responses',
  },
  {
    file: connections,
    guard: 'waitingBytes > maxWaitingBytes',
    without: 'false',
    noticedBy: 'flow/unread-responses',
  },
  {
    file: 'src/http/plugins/security-headers.ts',
    guard: '      reply.header(name, value);\n',
    without: '',
    noticedBy: 'flow/http-edge',
  },
  {
    file: 'src/http/errors.ts',
    guard: 'charset=utf-8\\r\\ncache-control: no-store\\r\\n',
    without: 'charset=utf-8\\r\\n',
    noticedBy: 'flow/http-edge',
  },
  {
    file: jsonBody,
    guard: "if (otherCharset.test(request.headers['content-type'] ?? ''))",
    without: 'if (false)',
    noticedBy: 'unit/json-body',
  },
  { file: jsonBody, guard: 'if (!isUtf8(body))', without: 'if (false)', noticedBy: 'unit/json-body' },
  {
    file: jsonBody,
    guard: 'text.startsWith(byteOrderMark)',
    without: 'false',
    noticedBy: 'unit/json-body',
  },
  {
    file: jsonBody,
    guard: "  server.removeContentTypeParser('text/plain');\n",
    without: '',
    noticedBy: 'unit/json-body',
  },
  {
    file: jsonBody,
    guard: "server.getDefaultJsonParser('error', 'error')",
    without: "server.getDefaultJsonParser('ignore', 'ignore')",
    noticedBy: 'unit/json-body',
  },
  {
    file: overload,
    guard: 'delayMs > maxEventLoopDelayMs && ',
    without: 'false && ',
    noticedBy: 'flow/overload',
  },
  {
    file: graphqlRoute,
    guard: 'contentType !== undefined && ',
    without: '',
    noticedBy: 'flow/operation-store',
  },
  {
    file: graphqlRoute,
    guard: "|| 'extensions' in body",
    without: '',
    noticedBy: 'flow/operation-store',
  },
  {
    file: graphqlRoute,
    guard: '(variables === null || isRecord(variables)) &&',
    without: '',
    noticedBy: 'flow/operation-store',
  },
  {
    file: embed,
    guard: '!isRecord(request) || !isRecord(request.headers)',
    without: 'false',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: embed,
    guard: '        response.setHeader(name, value);\n',
    without: '',
    noticedBy: 'flow/embedding.test.ts',
  },
  {
    file: embed,
    guard: "if (response === undefined || !('setHeader' in response))",
    without: 'if (false)',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: fetchRequest,
    guard: '      headers.set(name, value);\n',
    without: '',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: fetchRequest,
    guard: '      this.#finish(context, isHead(http) ? http : { status: 500, headers: new Map() });\n',
    without: '',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: fetchRequest,
    guard: 'signal ?? request.signal ??',
    without: 'signal ??',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: fetchRequest,
    guard: 'signal ?? request.signal ??',
    without: 'request.signal ??',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: nodeRequest,
    guard: 'if (!response.writableFinished)',
    without: 'if (false)',
    noticedBy: 'flow/embedding.test.ts',
  },
  {
    file: nodeRequest,
    guard: 'if (response.closed)',
    without: 'if (false)',
    noticedBy: 'flow/embedding.test.ts',
  },
  {
    file: requestContext,
    guard: ", 'cache-control': 'no-store' }",
    without: ' }',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: requestContext,
    guard: '/^[\\w.-]{1,64}$/',
    without: '/^/',
    noticedBy: 'unit/request-context',
  },
  {
    file: requestContext,
    guard: '/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/',
    without: '/^/',
    noticedBy: 'unit/request-context',
  },
  {
    file: 'src/observability/audit.ts',
    guard: 'matching(entry.accountId, accountIdPattern)',
    without: 'entry.accountId',
    noticedBy: 'flow/audit',
  },
  {
    file: 'src/observability/audit.ts',
    guard: '.catch((error: unknown) => this.#alert(event, error))',
    without: '',
    noticedBy: 'flow/audit',
  },
  {
    file: 'src/observability/audit.ts',
    guard: '/^[A-Z_]{1,40}$/.test(code) ? code : name',
    without: 'String(error)',
    noticedBy: 'flow/audit',
  },
  {
    file: 'src/observability/audit-log.ts',
    guard: "stream.on('error', (error: unknown) => reportAuditFailure(logger, error));",
    without: "stream.on('error', () => {});",
    noticedBy: 'flow/audit',
  },
  { file: 'src/observability/audit-log.ts', guard: '0o600', without: '0o644', noticedBy: 'flow/audit' },
  {
    file: 'src/observability/logger.ts',
    guard: "'token', 'authorization', 'authLinkUrl'",
    without: '',
    noticedBy: 'unit/logger',
  },
  {
    file: 'src/observability/logger.ts',
    guard: '// There is no other place to report it.',
    without: "throw new Error('no output');",
    noticedBy: 'unit/logger',
  },
  {
    file: 'src/observability/logger.ts',
    guard: 'this.#text.length + this.#unwritten.length < maxWaiting',
    without: 'true',
    noticedBy: 'unit/logger',
  },
  {
    file: 'src/lifecycle.ts',
    guard: "process.on('SIGHUP', server.reopenAuditLog ?? stopOnce);",
    without: "if (server.reopenAuditLog !== undefined) {\n    process.on('SIGHUP', server.reopenAuditLog);\n  }",
    noticedBy: 'flow/process',
  },
  {
    file: telemetry,
    guard: 'hashOwner(this.#owner.id)',
    without: 'this.#owner.id',
    noticedBy: 'flow/embedding.test.ts',
  },
  {
    file: 'src/observability/owner-hash.ts',
    guard: "createHmac('sha256', key).update(ownerId)",
    without: "createHmac('sha256', '').update(ownerId)",
    noticedBy: 'unit/owner-hash',
  },
  {
    file: 'src/observability/health.ts',
    guard: "code === 'UPSTREAM_MISCONFIGURED'",
    without: 'false',
    noticedBy: 'flow/readiness',
  },
  {
    file: control,
    guard: 'host === undefined || !accepted.includes(host)',
    without: 'host === undefined',
    noticedBy: 'flow/emulator-control',
  },
  {
    file: control,
    guard: '(origin !== undefined && ',
    without: '(false && ',
    noticedBy: 'flow/emulator-control',
  },
  {
    file: control,
    guard: " || (site !== 'none' && site !== 'same-origin')",
    without: '',
    noticedBy: 'flow/emulator-control',
  },
  { file: control, guard: 'if (hasBody && ', without: 'if (false && ', noticedBy: 'flow/emulator-control' },
  {
    file: 'emulator/src/start-emulator.ts',
    guard: 'if (misspelt !== undefined)',
    without: 'if (false)',
    noticedBy: 'flow/emulator-input',
  },
  {
    file: 'emulator/src/settings.ts',
    guard: 'parseInput(settingsSchema, { ...target, [name]: value })',
    without: '{ [name]: value }',
    noticedBy: 'flow/emulator-input',
  },
  {
    file: 'src/server.ts',
    guard: '!isRecord(config) || !isRecord(config.apiKey)',
    without: 'false',
    noticedBy: 'unit/start-error',
  },
  {
    file: telemetry,
    guard: "Object.values(UserErrorCode).find((code) => code === first['code']) ?? 'USER_ERROR'",
    without: "String(first['code'])",
    noticedBy: 'flow/secrets.test.ts',
  },
  {
    file: embed,
    guard: 'drainServer: async () => streams.completeAll()',
    without: 'drainServer: async () => {}',
    noticedBy: 'flow/embedding-events',
  },
  {
    file: 'src/http/server.ts',
    guard: 'config.playground && !config.production',
    without: 'config.playground',
    noticedBy: 'flow/trusted-documents',
  },
  {
    file: 'src/http/server.ts',
    guard: 'config.playground && !config.production',
    without: 'true',
    noticedBy: 'flow/trusted-documents',
  },
  {
    file: 'src/http/routes/graphql.ts',
    guard: ' && query === undefined) &&',
    without: ') &&',
    noticedBy: 'flow/trusted-documents',
  },
  {
    file: 'src/observability/tracing.ts',
    guard: ' || trace.getSpan(active) !== undefined',
    without: '',
    noticedBy: 'flow/tracing',
  },
  {
    file: 'src/observability/tracing.ts',
    guard: '    if (!isSpanContextValid(spanContext)) {',
    without: '    if (false) {',
    noticedBy: 'unit/request-context',
  },
  {
    file: 'src/observability/tracing.ts',
    guard: "if (errorCodeInfo(code).severity === 'warn')",
    without: 'if (true)',
    noticedBy: 'flow/tracing',
  },
  {
    file: requestContext,
    guard: 'new RequestCancellation(), ROOT_CONTEXT)',
    without: 'new RequestCancellation(), parentOf(undefined))',
    noticedBy: 'flow/tracing',
  },
  {
    file: 'src/graphql/context.ts',
    guard: "inSpan('authenticate', request.traceContext, () => authenticate(credentials))",
    without: 'authenticate(credentials)',
    noticedBy: 'flow/tracing',
  },
  {
    file: 'src/stackone/http/transport.ts',
    guard: '(context, span.traceparent, body !== undefined)',
    without: '(context, undefined, body !== undefined)',
    noticedBy: 'flow/tracing',
  },
];
