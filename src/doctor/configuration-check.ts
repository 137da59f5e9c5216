import { ConfigError } from '../config/config-error.js';
import { type Environment, loadConfig } from '../config/from-environment.js';
import type { Config } from '../config/settings.js';
import { findUnknownVariables } from '../config/unknown-variables.js';
import { error, type Finding, ok, warning } from './finding.js';

export interface Configuration {
  /** Undefined when a required setting is missing or not valid: there is nothing to check. */
  readonly config: Config | undefined;
  /** Variables that are not valid. `config` is without them. */
  readonly invalid: readonly string[];
  readonly findings: readonly Finding[];
}

/** Reads the configuration as the server does. A variable that is not valid does not hide problems of the others. */
export function readConfiguration(env: Environment): Configuration {
  const misspelt = findUnknownVariables(env).map(({ name, suggestion }) =>
    warning('variables', `${name} has no meaning here.`, `Rename it to ${suggestion}, if that is what you mean.`),
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
  const invalid = Object.keys(env).filter((name) => first.problems.some((problem) => problem.startsWith(`${name} `)));
  const valid = Object.entries(env).filter(([name]) => !invalid.includes(name));
  const { config } = tryLoad(Object.fromEntries(valid));
  return { config, invalid, findings: [...first.problems.map(toFinding), ...misspelt] };
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
