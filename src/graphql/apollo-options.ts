import type { ApolloServerOptionsWithSchema, ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import {
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import type { ConnectConfig } from '../config/settings.js';
import type { Logger } from '../observability/logger.js';
import type { ConnectContext } from './context.js';
import type { FormatError } from './format-error.js';
import { queryLimitsRule } from './limits/query-limits.js';
import { tokenLimitRule } from './limits/token-limit.js';
import { createDocumentStore } from './operations/document-store.js';
import { readDocumentsFile } from './operations/documents-file.js';
import type { OperationRunner } from './operations/operation-runner.js';
import { TrustedDocuments } from './operations/trusted-documents.js';
import { createDocumentsPlugin } from './plugins/documents.js';
import { createErrorsPlugin } from './plugins/errors.js';
import { createOperationsPlugin } from './plugins/operations.js';
import { createSubscriptionsPlugin } from './plugins/subscriptions.js';
import { noServiceRule } from './subgraph/no-service-rule.js';

/** Options for `new ApolloServer(…)`. You can add plugins and validation rules; do not omit any, because they protect the schema. */
export interface ConnectApolloOptions
  extends Omit<ApolloServerOptionsWithSchema<ConnectContext>, 'fieldResolver' | 'plugins' | 'validationRules'> {
  readonly plugins: ApolloServerPlugin<ConnectContext>[];
  readonly validationRules: ValidationRule[];
  readonly formatError: FormatError;
}

export function createApolloOptions(
  config: ConnectConfig,
  operations: OperationRunner,
  formatError: FormatError,
  logger: Logger,
): ConnectApolloOptions {
  return {
    schema: operations.schema,
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: config.production,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    validationRules: validationRulesOf(config),
    documentStore: createDocumentStore(),
    formatError,
    logger: createApolloLogger(logger),
    plugins: [
      createErrorsPlugin(),
      createDocumentsPlugin(operations),
      createSubscriptionsPlugin(),
      createOperationsPlugin(operations),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  };
}

function validationRulesOf({ subgraph, introspection }: ConnectConfig): ValidationRule[] {
  return [tokenLimitRule, queryLimitsRule, ...(subgraph && !introspection ? [noServiceRule] : [])];
}

/** @throws ConfigError for a document that a request could not run */
export function createTrustedDocuments(config: ConnectConfig, schema: GraphQLSchema): TrustedDocuments {
  const { trustedDocumentsFile: path, trustedDocumentsOnly, introspection } = config;
  const rules = [
    ...validationRulesOf(config),
    ...specifiedRules,
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
  const documents = path === undefined ? [] : readDocumentsFile(path, (document) => validate(schema, document, rules));
  return new TrustedDocuments(documents, trustedDocumentsOnly);
}

/** Apollo Server logs free text, for example the failure of a plugin. The text can quote a request, so it is left out. */
function createApolloLogger(logger: Logger) {
  const log = (level: 'debug' | 'info' | 'warn' | 'error') => () => logger[level]({}, 'Apollo Server logged a message');
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}
