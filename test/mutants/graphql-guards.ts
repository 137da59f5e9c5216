import type { Mutant } from './guards.js';

const apolloOptions = 'src/graphql/apollo-options.ts';
const errorsPlugin = 'src/graphql/plugins/errors.ts';
const formatError = 'src/graphql/format-error.ts';
const limits = 'src/graphql/limits/query-limits.ts';
const linkedAccounts = 'src/graphql/types/linked-account-resolver.ts';
const operationsPlugin = 'src/graphql/plugins/operations.ts';
const preparedDocument = 'src/graphql/operations/prepared-document.ts';
const runner = 'src/graphql/operations/operation-runner.ts';
const safeMessages = 'src/graphql/safe-messages.ts';
const store = 'src/graphql/operations/operation-store.ts';
const documentStore = 'src/graphql/operations/document-store.ts';
const ownFields = 'src/graphql/own-fields.ts';
const budget = 'src/graphql/limits/response-budget.ts';
const documentsPlugin = 'src/graphql/plugins/documents.ts';
const documentsFile = 'src/graphql/operations/documents-file.ts';
const selection = 'src/graphql/operations/selection.ts';
const sharedTexts = 'src/graphql/operations/shared-texts.ts';
const tokenLimit = 'src/graphql/limits/token-limit.ts';
const entities = 'src/graphql/subgraph/entities.ts';
const printSubgraph = 'src/graphql/subgraph/print-subgraph.ts';
const contentType = 'src/graphql/content-type.ts';
const unexpectedError = 'src/observability/unexpected-error.ts';

/** Guards against documents that are too expensive, values in messages, and a store that responds differently. */
export const graphqlGuards: readonly Mutant[] = [
  {
    file: 'src/graphql/own-fields.ts',
    guard: '    context.onRefused(fieldName);\n',
    without: '',
    noticedBy: 'flow/audit',
  },
  {
    file: 'src/graphql/operations/refused-mutations.ts',
    guard: 'auditActions.find((name) => name === field)',
    without: 'auditActions[0]',
    noticedBy: 'flow/audit',
  },
  {
    file: unexpectedError,
    guard: '.filter((line) => /^ +at /.test(line))',
    without: '',
    noticedBy: 'unit/unexpected-error',
  },
  { file: unexpectedError, guard: ".replace(message, '')", without: '', noticedBy: 'unit/unexpected-error' },
  {
    file: formatError,
    guard: 'describeUnexpectedError(original, production)',
    without: 'describeUnexpectedError(original, false)',
    noticedBy: 'unit/unexpected-error',
  },
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
  // A fragment that contains itself is then measured without end.
  { file: limits, guard: '    measured.set(name, endless);\n', without: '', noticedBy: 'unit/query-limits' },
  {
    file: safeMessages,
    guard: 'if (safePatterns.some((pattern) => pattern.test(message)))',
    without: 'if (true)',
    noticedBy: 'unit/safe-messages',
  },
  {
    file: safeMessages,
    guard: 'return cut && message.replace(cut[0], cut[1]);',
    without: 'return cut && message;',
    noticedBy: 'unit/safe-messages',
  },
  { file: safeMessages, guard: '`^${escaped', without: '`${escaped', noticedBy: 'unit/safe-messages' },
  {
    file: safeMessages,
    guard: 'suggestion}$`',
    without: 'suggestion}`',
    noticedBy: 'unit/safe-messages',
  },
  {
    file: safeMessages,
    guard: 'const name = \'"[@$]?[_A-Za-z][\\\\w.]*"\';',
    without: 'const name = \'"[^"]*"\';',
    noticedBy: 'unit/safe-messages',
  },
  {
    file: safeMessages,
    guard: 'const type = \'"\\\\[*[_A-Za-z][\\\\w.]*[\\\\]!]*"\';',
    without: 'const type = \'"[^"]*"\';',
    noticedBy: 'unit/safe-messages',
  },
  {
    file: formatError,
    guard: 'safeMessage(formatted.message)',
    without: 'formatted.message',
    noticedBy: 'flow/http-edge',
  },
  {
    file: formatError,
    guard: "isLateInputError(original) ? 'BAD_USER_INPUT' : ",
    without: '',
    noticedBy: 'flow/secrets.test.ts',
  },
  {
    file: limits,
    guard: 'found.aliasLength > queryLimits.aliasLength',
    without: 'false',
    noticedBy: 'unit/query-limits',
  },
  // In a merged schema, only our fields count.
  {
    file: limits,
    guard: 'return isWhollyOwn(schema)\n',
    without: 'return true\n',
    noticedBy: 'flow/embedding-merged',
  },
  { file: tokenLimit, guard: 'return left < 0;', without: 'return false;', noticedBy: 'unit/token-limit' },
  { file: tokenLimit, guard: '      return null;\n', without: '', noticedBy: 'unit/token-limit' },
  {
    file: tokenLimit,
    guard: '      pending.push(...spreadIn(node, fragments));\n',
    without: '',
    noticedBy: 'unit/token-limit',
  },
  {
    file: apolloOptions,
    guard: 'return [tokenLimitRule, queryLimitsRule,',
    without: 'return [queryLimitsRule,',
    noticedBy: 'flow/hostile-queries',
  },
  {
    file: apolloOptions,
    guard: 'return [tokenLimitRule, queryLimitsRule,',
    without: 'return [tokenLimitRule,',
    noticedBy: 'flow/hostile-queries',
  },
  {
    file: apolloOptions,
    guard: '    documentStore: createDocumentStore(),\n',
    without: '',
    noticedBy: 'flow/memory',
  },
  {
    file: documentStore,
    guard: '6_000 + 2 * characters + 300 * (tokens + countFields(document))',
    without: '2 * characters',
    noticedBy: 'unit/operation-store',
  },
  {
    file: sharedTexts,
    guard: ' && planOf(info).isPlain;',
    without: ';',
    noticedBy: 'flow/operation-store',
  },
  {
    file: budget,
    guard: 'if (this.#left < 0)',
    without: 'if (false)',
    noticedBy: 'unit/response-budget',
  },
  {
    file: budget,
    guard: '1 + Math.floor(value.length / charactersPerValue)',
    without: '1',
    noticedBy: 'unit/response-budget',
  },
  {
    file: budget,
    guard: 'this.#take(this.#costOfFrozen(value, plan));',
    without: '',
    noticedBy: 'unit/response-budget',
  },
  {
    file: ownFields,
    guard: '    context.budget.start();\n',
    without: '',
    noticedBy: 'unit/response-budget',
  },
  {
    file: budget,
    guard: 'const known = costs.get(list);',
    without: 'const known = costs.get(list) ?? 0;',
    noticedBy: 'unit/response-budget',
  },
  {
    file: budget,
    guard: '      this.#work.add(this.#ownerId, before - this.#left);\n',
    without: '',
    noticedBy: 'unit/response-budget',
  },
  {
    file: 'src/graphql/operations/operation-runner.ts',
    guard: 'firstOfEach(errors, errors)',
    without: 'errors',
    noticedBy: 'flow/operation-store',
  },
  {
    file: 'src/graphql/plugins/errors.ts',
    guard: 'firstOfEach(errors, result.errors)',
    without: 'result.errors',
    noticedBy: 'flow/many-accounts',
  },
  { file: budget, guard: 'this.#take(resolverCost);', without: '', noticedBy: 'unit/response-budget' },
  { file: budget, guard: 'if (!this.#isOpen)', without: 'if (false)', noticedBy: 'flow/embedding-mistakes' },
  { file: ownFields, guard: '!isConnectContext(context)', without: 'false', noticedBy: 'flow/embedding-mistakes' },
  {
    file: operationsPlugin,
    guard: ' || !isConnectContext(context)',
    without: '',
    noticedBy: 'flow/embedding-mistakes',
  },
  {
    file: documentsPlugin,
    guard: 'isLimited(document) ? refuse(source) : new UsageError(missingOptions)',
    without: 'refuse(source)',
    noticedBy: 'flow/embedding-mistakes',
  },
  {
    file: ownFields,
    guard: '  context.budget.check();\n',
    without: '',
    noticedBy: 'unit/response-budget',
  },
  {
    file: ownFields,
    guard: '      budget.spend(value, info);\n',
    without: '',
    noticedBy: 'unit/response-budget',
  },
  {
    file: ownFields,
    guard: "if ('refusal' in context)",
    without: "if ('nothing' in context)",
    noticedBy: 'flow/embedding-merged',
  },
  {
    file: ownFields,
    guard: '&& !isMarked(field)',
    without: '&& false',
    noticedBy: 'flow/embedding-merged',
  },
  {
    file: errorsPlugin,
    guard: 'leaveToHost(error);',
    without: '',
    noticedBy: 'flow/embedding-merged',
  },
  // An error of our fields would leave as it is.
  {
    file: errorsPlugin,
    guard: '!(error.path === undefined ? isOurRequest : ownKeys?.has(error.path[0]))',
    without: 'true',
    noticedBy: 'flow/embedding-merged',
  },
  {
    file: contentType,
    guard: ' || accept.length > maxAcceptLength',
    without: '',
    noticedBy: 'flow/http-edge',
  },
  {
    file: runner,
    guard: 'if (Object.values(variables ?? {}).some(isLongList))',
    without: 'if (false)',
    noticedBy: 'flow/operation-store',
  },
  {
    file: entities,
    guard: '(isRecord(value) ? value : {})',
    without: 'value',
    noticedBy: 'flow/subgraph',
  },
  {
    file: contentType,
    guard: 'if (accept === undefined)',
    without: 'if (!accept)',
    noticedBy: 'flow/operation-store',
  },
  {
    file: apolloOptions,
    guard: 'introspection: config.introspection',
    without: 'introspection: true',
    noticedBy: 'flow/http-edge',
  },
  {
    file: apolloOptions,
    guard: 'hideSchemaDetailsFromClientErrors: config.production',
    without: 'hideSchemaDetailsFromClientErrors: false',
    noticedBy: 'flow/http-edge',
  },
  {
    file: apolloOptions,
    guard: 'allowBatchedHttpRequests: false',
    without: 'allowBatchedHttpRequests: true',
    noticedBy: 'flow/http-edge',
  },
  {
    file: apolloOptions,
    guard: '    persistedQueries: false,\n',
    without: '',
    noticedBy: 'flow/http-edge',
  },
  // Apollo Server's own text can quote a request.
  {
    file: apolloOptions,
    guard: "=> () => logger[level]({}, 'Apollo Server logged a message')",
    without: '=> (message: string) => logger[level]({}, message)',
    noticedBy: 'flow/embedding.test.ts',
  },
  {
    file: errorsPlugin,
    guard: "chooseContentType(http?.headers.get('accept')) === undefined",
    without: 'false',
    noticedBy: 'flow/http-edge',
  },
  {
    file: errorsPlugin,
    guard: '.slice(0, maxRequestErrors)',
    without: '',
    noticedBy: 'flow/hostile-queries',
  },
  {
    file: linkedAccounts,
    guard: 'value < 1 || value > 100',
    without: 'false',
    noticedBy: 'flow/linked-accounts',
  },
  {
    file: linkedAccounts,
    guard: 'provider != null && !providerKeyPattern.test(provider)',
    without: 'false',
    noticedBy: 'flow/linked-accounts',
  },
  // Documents for which graphql-jit would return another response than graphql-js.
  {
    file: preparedDocument,
    guard: "key.startsWith('__') && key !== '__typename'",
    without: 'false',
    noticedBy: 'unit/prepared-document',
  },
  {
    file: preparedDocument,
    guard: 'node.alias?.value ?? node.name.value',
    without: 'node.name.value',
    noticedBy: 'unit/prepared-document',
  },
  {
    file: preparedDocument,
    guard: 'args.some(({ value }) => value.kind === Kind.VARIABLE)',
    without: 'false',
    noticedBy: 'unit/prepared-document',
  },
  {
    file: preparedDocument,
    guard: ' && !canFailTogether;',
    without: ';',
    noticedBy: 'unit/prepared-document',
  },
  {
    file: preparedDocument,
    guard: '(found.roots > 1 || found.nested > 0)',
    without: 'found.nested > 0',
    noticedBy: 'unit/prepared-document',
  },
  {
    file: preparedDocument,
    guard: '(found.roots > 1 || found.nested > 0)',
    without: 'found.roots > 1',
    noticedBy: 'unit/prepared-document',
  },
  // Without trusted documents, Apollo Server runs each of them once, and other documents can evict them.
  {
    file: store,
    guard: ' ?? this.#findTrusted(query)',
    without: '',
    noticedBy: 'unit/operation-store',
  },
  {
    file: documentStore,
    guard: 'maxSize: maxStoreBytes',
    without: 'maxSize: 100 * maxStoreBytes',
    noticedBy: 'unit/operation-store',
  },
  {
    file: store,
    guard: 'if (!this.#documents.has(query))',
    without: 'if (false)',
    noticedBy: 'unit/operation-store',
  },
  {
    file: runner,
    guard: 'this.#formatError(toFormatted(error), error)',
    without: 'error',
    noticedBy: 'flow/operation-store',
  },
  {
    file: runner,
    guard: 'return result.data === undefined ? undefined : this',
    without: 'return this',
    noticedBy: 'flow/operation-store',
  },
  {
    file: runner,
    guard: 'httpHeadOf(errors ?? [])',
    without: 'httpHeadOf([])',
    noticedBy: 'flow/operation-store',
  },
  {
    file: operationsPlugin,
    guard: 'schema === runner.schema',
    without: 'true',
    noticedBy: 'flow/embedding.test.ts',
  },
  {
    file: operationsPlugin,
    guard: 'result.data !== undefined && ',
    without: '',
    noticedBy: 'flow/operation-store',
  },
  {
    file: documentsPlugin,
    guard: 'refuse(request.query) ?? chargeText(request.query, runner, contextValue)',
    without: 'refuse(request.query)',
    noticedBy: 'flow/operation-store',
  },
  {
    file: documentsPlugin,
    guard: ' || runner.knows(text)',
    without: '',
    noticedBy: 'flow/operation-store',
  },
  {
    file: budget,
    guard: 'documentCost + Math.ceil(text.length / documentCharactersPerValue)',
    without: '0',
    noticedBy: 'flow/operation-store',
  },
  {
    file: documentsPlugin,
    guard: 'refuse(request.query) ?? ',
    without: '',
    noticedBy: 'flow/trusted-documents',
  },
  {
    file: documentsPlugin,
    guard: '        request.query = placeholder;\n',
    without: '',
    noticedBy: 'flow/trusted-documents',
  },
  {
    file: documentsPlugin,
    guard: '              throw lateRefusal;\n',
    without: '',
    noticedBy: 'flow/trusted-documents',
  },
  {
    file: documentsPlugin,
    guard: "            overallCachePolicy.restrict({ maxAge: 0, scope: 'PRIVATE' });\n",
    without: '',
    noticedBy: 'flow/embedding-caches',
  },
  { file: documentsPlugin, guard: ' || request.query !== undefined', without: '', noticedBy: 'flow/trusted-documents' },
  {
    file: documentsPlugin,
    guard: 'text === undefined || trusted.has(text)',
    without: 'text === undefined || trusted.has(text.trim())',
    noticedBy: 'flow/trusted-documents',
  },
  {
    file: store,
    guard: '!this.#documents.isExclusive && ',
    without: '',
    noticedBy: 'unit/operation-store',
  },
  {
    file: apolloOptions,
    guard: '(introspection ? [] : [NoSchemaIntrospectionCustomRule])',
    without: '[]',
    noticedBy: 'flow/trusted-documents',
  },
  {
    file: apolloOptions,
    guard: '    ...validationRulesOf(config),\n    ...specifiedRules,',
    without: '    ...specifiedRules,',
    noticedBy: 'flow/trusted-documents',
  },
  { file: documentsFile, guard: '!idPattern.test(id)', without: 'false', noticedBy: 'unit/documents-file' },
  {
    file: documentsFile,
    guard: "id.startsWith('sha256:') && id !== documentIdOf(text)",
    without: 'false',
    noticedBy: 'unit/documents-file',
  },
  {
    file: documentsFile,
    guard: 'seen.has(id) && seen.get(id) !== text',
    without: 'false',
    noticedBy: 'unit/documents-file',
  },
  {
    file: documentsFile,
    guard: 'hasOperation ? findErrors(document).map(describe)',
    without: 'true ? findErrors(document).map(describe)',
    noticedBy: 'unit/documents-file',
  },
  {
    file: entities,
    guard: 'if ((counts.get(context) ?? 0) > maxRepresentations)',
    without: 'if (false)',
    noticedBy: 'flow/subgraph',
  },
  // Each field is then counted alone.
  { file: entities, guard: '  await setImmediate();\n', without: '', noticedBy: 'flow/subgraph' },
  {
    file: entities,
    guard: '(counts.get(context) ?? 0) + representations.length',
    without: 'representations.length',
    noticedBy: 'flow/subgraph',
  },
  { file: entities, guard: 'if (!parsed.success)', without: 'if (false)', noticedBy: 'flow/subgraph' },
  { file: entities, guard: 'return error;', without: 'throw error;', noticedBy: 'flow/subgraph' },
  {
    file: entities,
    guard: '  await context.stackone.prefetchAccounts(new Set(accounts.map(({ id }) => id)));\n',
    without: '',
    noticedBy: 'flow/subgraph',
  },
  {
    file: apolloOptions,
    guard: 'subgraph && !introspection',
    without: 'false',
    noticedBy: 'flow/subgraph',
  },
  {
    file: 'src/composition.ts',
    guard: 'createSchema(config.subgraph)',
    without: 'createSchema(true)',
    noticedBy: 'flow/subgraph',
  },
  {
    file: 'src/graphql/types/viewer.ts',
    guard: "'Viewer', ",
    without: '',
    noticedBy: 'contract/schema.test',
  },
  {
    file: printSubgraph,
    guard: "addedByRouters.has(node.name?.value ?? '')",
    without: 'false',
    noticedBy: 'contract/schema.test',
  },
  {
    file: preparedDocument,
    guard: 'field != null && isAbstractType(getNamedType(field.type))',
    without: 'false',
    noticedBy: 'unit/prepared-document',
  },
  {
    file: selection,
    guard: 'isAbstractType(type) ? schema.getPossibleTypes(type) : [type]',
    without: '[type]',
    noticedBy: 'unit/response-budget',
  },
  {
    file: 'src/graphql/context.ts',
    guard: 'createContext(caller, createFollowUpContext(request))',
    without: 'createContext(caller, request)',
    noticedBy: 'flow/account-stream',
  },
];
