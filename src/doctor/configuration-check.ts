import { ConfigError } from '../config/config-error.js';
import { type Environment, loadConfig } from '../config/from-environment.js';
import { listSettings } from '../config/setting-list.js';
import type { Config } from '../config/settings.js';
import { findUnknownVariables } from '../config/unknown-variables.js';
import { error, type Finding, ok, warning } from './finding.js';

interface Configuration {
  /** Undefined when there is nothing to check. */
  readonly config: Config | undefined;
  /** Variables that are missing or not valid. `config` is without them, or has stand-ins for them. */
  readonly invalid: readonly string[];
  readonly findings: readonly Finding[];
}

/** Reads the configuration as the server does. A variable that is not valid does not hide problems of the others. */
export function readConfiguration(env: Environment): Configuration {
  const misspelt = findUnknownVariables(env).map(({ name, suggestion }) =>
    warning(
      'variables',
      `${name} is not a setting of this server.`,
      `Rename it to ${suggestion} if that is what you mean.`,
    ),
  );
  const first = tryLoad(env);
  if (first.config !== undefined) {
    const { production } = first.config;
    return {
      ...first,
      invalid: [],
      findings: [ok('configuration', 'All settings are valid.'), ...checkMode(production), ...misspelt],
    };
  }
  const { config, invalid } = loadOthers(env, first.problems);
  return { config, invalid, findings: [...first.problems.map(toFinding), ...misspelt] };
}

/** Valid values for required settings, so that the configuration of the others can be read. No check uses them. */
const serverStandIns = {
  AUTH_SECRET: 'no secret, only in place of a valid one',
  AUTH_ISSUER: 'none',
  AUTH_AUDIENCE: 'none',
  OWNER_ID_CLAIM: 'tid',
};
const standIns = new Map([['STACKONE_API_KEY', 'none'], ...Object.entries(serverStandIns)]);

/** The variables of the options of `startConnect`, which also has another default of `production`. */
export function selectEmbedded(env: Environment): Environment {
  const serverOnly = listSettings().flatMap(({ variable, fileVariable, isEmbedded }) =>
    isEmbedded ? [] : [variable, fileVariable],
  );
  const others = Object.entries(env).filter(([name]) => !serverOnly.includes(name));
  return { NODE_ENV: 'production', ...Object.fromEntries(others), ...serverStandIns };
}

/** Without one variable another one can be incomplete, such as `EVENTS_URL` without `EVENTS_SECRET`. */
function loadOthers(env: Environment, problems: readonly string[]): Pick<Configuration, 'config' | 'invalid'> {
  const invalid = new Set<string>();
  const values = new Map(Object.entries(env));
  for (let current: Loaded = { problems }; ; current = tryLoad(Object.fromEntries(values))) {
    if (current.config !== undefined) {
      return { config: current.config, invalid: [...invalid] };
    }
    const words = new Set(current.problems.flatMap((problem) => problem.split(':')[0]?.split(/\W+/) ?? []));
    const names = [...values.keys(), ...standIns.keys()].filter((name) => words.has(name));
    if (names.every((name) => invalid.has(name))) {
      return { config: undefined, invalid: [...invalid] };
    }
    for (const name of names) {
      const standIn = standIns.get(name);
      // AUTH_SECRET also stands in for another key that was removed.
      if (current.problems === problems || values.get(name) !== undefined) {
        invalid.add(name);
      }
      values.delete(name);
      if (standIn !== undefined) {
        values.set(name, standIn);
      }
    }
  }
}

type Loaded =
  | { readonly config: Config; readonly problems?: undefined }
  | { readonly config?: undefined; readonly problems: readonly string[] };

function tryLoad(env: Environment): Loaded {
  try {
    return { config: loadConfig(env) };
  } catch (failure) {
    if (failure instanceof ConfigError) {
      return { problems: failure.problems };
    }
    throw failure;
  }
}

/** Such as `PORT is not valid: it must be a port number`: the problem, and after the colon what to change. */
function toFinding(problem: string): Finding {
  const [, message = problem, fix = 'Correct the variable'] = /^(.*?): (.*)$/s.exec(problem) ?? [];
  return error('configuration', `${message}.`, `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`);
}

function checkMode(production: boolean): Finding[] {
  return production
    ? []
    : [
        warning(
          'configuration',
          'NODE_ENV is not production: introspection and the playground are on, and plain http is allowed.',
          'Set NODE_ENV=production where customers use the server.',
        ),
      ];
}
