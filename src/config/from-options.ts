import { isRecord } from '../domain/values.js';
import { ConfigError, deepFreeze, describeIssues } from './config-error.js';
import { type ConnectConfig, type ConnectSettings, createSettings } from './settings.js';

/** The options of `startConnect`. From JavaScript, any of them can be missing or of another type. */
type ConnectOptions = Partial<ConnectSettings> & {
  readonly getOwner: unknown;
  readonly onAccountChange?: unknown;
  readonly onAudit?: unknown;
  readonly formatError?: unknown;
  readonly logger?: unknown;
};

/** The options that are functions or objects of the host app, and no settings. */
const hostOptions = ['getOwner', 'onAccountChange', 'onAudit', 'formatError', 'logger'];
const logMethods = ['debug', 'info', 'warn', 'error'] as const;

/**
 * Parses the options of `startConnect`.
 * @returns a frozen configuration: a copy, so later changes of the options have no effect
 * @throws ConfigError that lists all problems, including unknown settings
 */
export function loadOptions(options: ConnectOptions): ConnectConfig {
  if (!isRecord(options)) {
    throw new ConfigError(['the options are missing: pass an object with apiKey and getOwner']);
  }
  const { getOwner, onAccountChange, onAudit, formatError, logger, ...settings } = options;
  const problems: string[] = [];
  if (typeof getOwner !== 'function') {
    const problem = getOwner === undefined ? 'is missing: set it to' : 'is not valid: it must be';
    problems.push(`getOwner ${problem} a function that returns the owner of a request`);
  }
  for (const [name, value] of Object.entries({ onAccountChange, onAudit, formatError })) {
    if (value !== undefined && typeof value !== 'function') {
      problems.push(`${name} is not valid: it must be a function`);
    }
  }
  if (logger !== undefined && !hasLogMethods(logger)) {
    problems.push(`logger is not valid: it must have the methods ${logMethods.join(', ')}, as pino has`);
  }
  if (logger !== undefined && settings.logLevel !== undefined) {
    problems.push('logger and logLevel are both set: keep one of them');
  }
  const schema = createSettings(settings.production !== false).embedded;
  const parsed = schema.safeParse(settings);
  if (!parsed.success) {
    problems.push(
      ...describeIssues(
        parsed.error.issues,
        schema.shape,
        settings,
        (name, { expected }) => [name, expected],
        hostOptions,
      ),
    );
  }
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(problems);
  }
  return deepFreeze(parsed.data);
}

function hasLogMethods(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    logMethods.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
