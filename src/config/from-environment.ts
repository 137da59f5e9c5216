import { readFileSync } from 'node:fs';
import { ConfigError, deepFreeze, describeIssues } from './config-error.js';
import { infoOf } from './setting.js';
import { type Config, createSettings } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of the standalone server from environment variables.
 * @returns a frozen configuration
 * @throws ConfigError that lists all problems
 */
export function loadConfig(env: Environment): Config {
  const production = env['NODE_ENV'] === 'production';
  const schema = createSettings(production).standalone;
  const values: Record<string, unknown> = {};
  const problems = keySourceProblems(env);
  const unreadable = new Set<PropertyKey | undefined>();
  for (const [name, setting] of Object.entries(schema.shape)) {
    const { variable, otherVariables, canBeFile, fromText } = infoOf(setting);
    const read =
      otherVariables === undefined
        ? readText(env, variable, canBeFile && `${variable}_FILE`)
        : readFirst(env, [variable, ...otherVariables]);
    if (read?.problem !== undefined) {
      problems.push(read.problem);
      unreadable.add(name);
    } else if (read !== undefined) {
      values[name] = fromText === undefined ? read.text : fromText(read.text);
    }
  }
  problems.push(...tenantProblems(env));
  const parsed = schema.safeParse({ ...values, production });
  if (!parsed.success) {
    const issues = parsed.error.issues.filter(({ path }) => !unreadable.has(path[0]));
    problems.push(...describeIssues(issues, schema.shape, values, (_name, { variable }) => variable));
  }
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(problems);
  }
  return deepFreeze(parsed.data);
}

type Read = { readonly text: string; readonly problem?: undefined } | { readonly problem: string };

/** The text of a variable, or that of the file that `<variable>_FILE` names, without space around it. */
function readText(env: Environment, variable: string, fileVariable: string | undefined): Read | undefined {
  const text = env[variable];
  const path = fileVariable === undefined ? undefined : env[fileVariable];
  if (text !== undefined && path !== undefined) {
    return { problem: `${variable} and ${fileVariable} are both set: keep one of them` };
  }
  const source = path === undefined ? variable : fileVariable;
  const value = path ?? text;
  if (value === undefined || (variable === 'NODE_ENV' && value === '')) {
    return undefined;
  }
  if (value.trim() === '') {
    return { problem: `${source} is set but empty: set a value or unset it` };
  }
  return path === undefined ? { text: value } : readFile(path, source);
}

/** Other programs read these variables too, and an empty value turns the setting off for all of them. */
function readFirst(env: Environment, variables: readonly string[]): Read | undefined {
  const text = variables.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== '');
  return text === undefined ? undefined : { text };
}

function readFile(path: string, variable: string | undefined): Read {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? { problem: `${variable} points to an empty file` } : { text };
  } catch {
    return { problem: `${variable} points to a file that cannot be read` };
  }
}

function keySourceProblems(env: Environment): string[] {
  const sources = ['AUTH_JWKS_URL', 'AUTH_PUBLIC_KEY', 'AUTH_SECRET'];
  const set = sources.filter((name) => env[name] !== undefined || env[`${name}_FILE`] !== undefined);
  if (set.length === 1) {
    return [];
  }
  const count = set.length === 0 ? 'None' : 'More than one';
  return [`${count} of AUTH_JWKS_URL, AUTH_PUBLIC_KEY and AUTH_SECRET is set: set exactly one`];
}

/** Each tenant decides about the other claims of its tokens, so only its id can distinguish the owners. */
function tenantProblems(env: Environment): string[] {
  const isMultiTenant = env['AUTH_ISSUER']?.includes('{tenantid}') === true;
  return isMultiTenant && env['OWNER_ID_CLAIM'] !== 'tid'
    ? ['OWNER_ID_CLAIM is not valid: it must be tid when AUTH_ISSUER contains {tenantid}']
    : [];
}
