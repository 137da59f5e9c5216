import { ConfigError, deepFreeze, describeIssues } from './config-error.js';
import type { Secret } from './secret.js';
import { infoOf } from './setting.js';
import { type Config, createSettings } from './settings.js';
import { readVariable } from './variable-text.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of the standalone server from environment variables.
 * @returns a frozen configuration
 * @throws ConfigError that lists all problems
 */
export function loadConfig(env: Environment): Config {
  const schema = createSettings(env['NODE_ENV'] === 'production').standalone;
  const values: Record<string, unknown> = {};
  const problems = keySourceProblems(env);
  const unreadable = new Set<PropertyKey | undefined>();
  const sources = new Map<string, string>();
  for (const [name, setting] of Object.entries(schema.shape)) {
    const info = infoOf(setting);
    const read = readVariable(env, info);
    if (read?.problem !== undefined) {
      problems.push(read.problem);
      unreadable.add(name);
    } else if (read !== undefined) {
      values[name] = info.fromText === undefined ? read.text : info.fromText(read.text);
      sources.set(name, read.source ?? info.variable);
    }
  }
  problems.push(...tenantProblems(env), ...eventsProblems(env));
  const parsed = schema.safeParse({ production: false, ...values });
  if (!parsed.success) {
    const issues = parsed.error.issues.filter(({ path }) => !unreadable.has(path[0]));
    problems.push(
      ...describeIssues(issues, schema.shape, values, (name, { variable, expected, expectedText = expected }) => [
        sources.get(name) ?? variable,
        expectedText,
      ]),
    );
  } else {
    problems.push(...combinationProblems(parsed.data));
  }
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(problems);
  }
  return deepFreeze(parsed.data);
}

/**
 * Reads only the StackOne API key, for commands that need no other setting.
 * @throws ConfigError when it is missing or not valid
 */
export function loadApiKey(env: Environment): Secret {
  const { apiKey } = createSettings(false).embedded.shape;
  const read = readVariable(env, infoOf(apiKey));
  if (read?.problem !== undefined) {
    throw new ConfigError([read.problem]);
  }
  const parsed = apiKey.safeParse(read?.text);
  if (!parsed.success) {
    throw new ConfigError(['STACKONE_API_KEY is missing or not valid: set it to your StackOne API key']);
  }
  return parsed.data;
}

function keySourceProblems(env: Environment): string[] {
  const sources = ['AUTH_JWKS_URL', 'AUTH_PUBLIC_KEY', 'AUTH_SECRET'];
  const set = sources.filter((name) => isSet(env, name));
  if (set.length === 1) {
    return [];
  }
  const count = set.length === 0 ? 'None' : 'More than one';
  return [`${count} of AUTH_JWKS_URL, AUTH_PUBLIC_KEY and AUTH_SECRET is set: set exactly one`];
}

/** Each tenant decides about the other claims of its tokens, so only its id can distinguish the owners. */
function tenantProblems(env: Environment): string[] {
  const issuers = env['AUTH_ISSUER'] ?? '';
  if (/[{}]/.test(issuers.replaceAll('{tenantid}', ''))) {
    // Such as {tenantId}, as Microsoft writes it too: no token has such an issuer.
    return ['AUTH_ISSUER is not valid: it must have no placeholder but {tenantid}'];
  }
  return issuers.includes('{tenantid}') && env['OWNER_ID_CLAIM'] !== 'tid'
    ? ['OWNER_ID_CLAIM is not valid: it must be tid when AUTH_ISSUER contains {tenantid}']
    : [];
}

function eventsProblems(env: Environment): string[] {
  return isSet(env, 'EVENTS_SECRET') === (env['EVENTS_URL'] !== undefined)
    ? []
    : ['EVENTS_URL and EVENTS_SECRET belong together: set both, or none'];
}

/** Values that are valid alone, but not together. */
function combinationProblems({ permissionsClaim, managePermission, port, metricsPort }: Config): string[] {
  const problems: string[] = [];
  if (permissionsClaim !== undefined && managePermission === undefined) {
    // A claim that nothing is compared with would look like a permission that is required.
    problems.push('PERMISSIONS_CLAIM requires MANAGE_PERMISSION: set both, or none');
  }
  if (metricsPort === port && port !== 0) {
    problems.push('METRICS_PORT is not valid: it must be another port than PORT');
  }
  return problems;
}

/** Whether there is a value, or a file with one. */
function isSet(env: Environment, variable: string): boolean {
  return env[variable] !== undefined || env[`${variable}_FILE`] !== undefined;
}
