import {
  type ConnectConfig,
  deepFreeze,
  loadCommon,
  loadStackOne,
  type Reader,
  type VariableName,
} from './config.js';
import { ConfigError, EnvironmentReader } from './environment.js';
import { isLogger, type LogLevel } from './logger.js';

/** What a product sets that mounts the schema in its own server; each stands for a variable. */
export interface ConnectSettings {
  /** The key of your StackOne project. */
  readonly apiKey: string | undefined;
  /** Where StackOne is: `https://api.stackone.com`. */
  readonly baseUrl?: string | undefined;
  /** `true`; `false` allows plain http to StackOne, shows names of the schema in errors, and turns on introspection. */
  readonly production?: boolean | undefined;
  /** How long a session token lives: 1800; 60 to 86400. */
  readonly sessionExpiresInSeconds?: number | undefined;
  /** Sent with each session. */
  readonly sessionMetadata?: Readonly<Record<string, unknown>> | undefined;
  /** Lets browsers read `authLinkUrl`: `false`. */
  readonly allowAuthLinks?: boolean | undefined;
  /** Sessions that one customer may start in a minute: 30. */
  readonly rateLimitPerOwnerPerMinute?: number | undefined;
  /** Calls to StackOne in a minute: 900. */
  readonly rateLimitTotalPerMinute?: number | undefined;
  /** Where the limits are counted, so that several processes share them: each counts for itself. */
  readonly redisUrl?: string | undefined;
  /** Whether the schema can be asked for: not in production. */
  readonly introspection?: boolean | undefined;
  /** Of the log on standard output, for those who give no logger: `info`. */
  readonly logLevel?: LogLevel | undefined;
}

/** The variable that each setting stands for: it takes the same values. */
export const settingVariables = {
  apiKey: 'STACKONE_API_KEY',
  baseUrl: 'STACKONE_BASE_URL',
  production: 'NODE_ENV',
  sessionExpiresInSeconds: 'SESSION_EXPIRES_IN_SECONDS',
  sessionMetadata: 'SESSION_METADATA',
  allowAuthLinks: 'ALLOW_AUTH_LINKS',
  rateLimitPerOwnerPerMinute: 'RATE_LIMIT_PER_OWNER_PER_MINUTE',
  rateLimitTotalPerMinute: 'RATE_LIMIT_TOTAL_PER_MINUTE',
  redisUrl: 'REDIS_URL',
  introspection: 'INTROSPECTION',
  logLevel: 'LOG_LEVEL',
} as const satisfies Record<keyof ConnectSettings, VariableName>;

/** What a product sets in code, as `startConnect` gets it: JavaScript may leave out anything. */
type ConnectParts = ConnectSettings & { readonly getOwner: unknown; readonly logger?: unknown };

/**
 * Parses what a product sets in code, by the rules of the variables.
 * @throws ConfigError that lists every problem, also a setting that there is not
 */
export function loadConnectConfig({ getOwner, logger, ...settings }: ConnectParts): ConnectConfig {
  const given: Readonly<Record<string, unknown>> = settings;
  const env: Record<string, string | undefined> = {};
  const labels: Record<string, string> = {};
  for (const [setting, variable] of Object.entries(settingVariables)) {
    const value = given[setting];
    env[variable] = value === undefined || typeof value === 'string' ? value : toText(value);
    labels[variable] = setting;
  }
  const reader: Reader = new EnvironmentReader(env, labels);
  if (typeof getOwner !== 'function') {
    reader.problems.push('getOwner is missing: give it a function from a request to its owner');
  }
  if (logger !== undefined && !isLogger(logger)) {
    reader.problems.push('logger is not valid: it must have debug, info, warn and error, as pino has');
  }
  if (logger !== undefined && reader.has('LOG_LEVEL')) {
    reader.problems.push('logger and logLevel are both set: keep one of them');
  }
  if (!reader.has('STACKONE_API_KEY')) {
    reader.note('STACKONE_API_KEY', 'is missing: give it your StackOne API key');
  }
  const production = reader.flag('NODE_ENV') ?? true;
  const common = loadCommon(reader, production);
  const stackone = loadStackOne(reader, production);
  for (const name of Object.keys(given).filter((name) => !Object.hasOwn(settingVariables, name))) {
    reader.problems.push(
      `${name} is no setting: it must be one of ${Object.keys(settingVariables).join(', ')}`,
    );
  }
  if (stackone === undefined || reader.problems.length > 0) {
    throw new ConfigError(reader.problems);
  }
  return deepFreeze({ ...common, stackone });
}

/** As in an environment: what has no text is refused by the variable's rule. */
function toText(value: unknown): string {
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return 'not JSON';
  }
}
