import type { Environment } from '../config/from-environment.js';
import type { Config } from '../config/settings.js';
import { readConfiguration, selectEmbedded } from './configuration-check.js';
import { type Finding, runCheck, unknown } from './finding.js';
import { checkKeys } from './key-checks.js';
import { checkAuditLog, checkCors, checkDocuments, checkNode } from './local-checks.js';
import { checkRedis } from './redis-checks.js';
import { checkStackOne } from './stackone-checks.js';
import { checkToken } from './token-check.js';

interface DiagnoseOptions {
  /** Default: no token is checked. */
  readonly token?: string | undefined;
  /** Whether to create a session at StackOne. */
  readonly mint?: boolean | undefined;
  /** Whether to check only what `startConnect` uses. */
  readonly embedded?: boolean | undefined;
}

interface Check {
  readonly check: string;
  /** Variables without which the check would not show what the server does. */
  readonly variables: RegExp;
  readonly run: (config: Config) => Promise<readonly Finding[]>;
}

/** For the way to StackOne and then the checks of its API. */
const groupTimeoutMs = 30_000;
const stackOneVariables = /^STACKONE_(API_KEY|BASE_URL)|PROXY$/i;
const authVariables = /^AUTH_|_CLAIM$|^MANAGE_PERMISSION$/;

/** A host app has its own login and its own CORS settings. */
const serverChecks: readonly Check[] = [
  { check: 'keys', variables: authVariables, run: checkKeys },
  { check: 'cors', variables: /^CORS_/, run: async (valid) => checkCors(valid) },
];

/** Checks a configuration with the parts of the server itself. The checks run at the same time. */
export async function diagnose(env: Environment, options: DiagnoseOptions = {}): Promise<readonly Finding[]> {
  const { token, mint = false, embedded = false } = options;
  const { config, invalid, findings } = readConfiguration(embedded ? selectEmbedded(env) : env);
  const checks: readonly Check[] = [
    { check: 'stackone', variables: stackOneVariables, run: (valid) => checkStackOne(valid, mint) },
    ...(embedded ? [] : serverChecks),
    ...(token === undefined
      ? []
      : [{ check: 'token', variables: authVariables, run: (valid: Config) => checkToken(token, valid) }]),
    { check: 'files', variables: /^AUDIT_LOG$/, run: async (valid) => checkAuditLog(valid) },
    { check: 'files', variables: /^TRUSTED_DOCUMENTS_FILE$/, run: async (valid) => checkDocuments(valid) },
    { check: 'redis', variables: /^REDIS_URL$/, run: checkRedis },
  ];
  const results = await Promise.all(checks.map((check) => runIfValid(check, config, invalid)));
  return [checkNode(process.versions.node), ...findings, ...results.flat()];
}

function runIfValid(
  { check, variables, run }: Check,
  config: Config | undefined,
  invalid: readonly string[],
): Promise<readonly Finding[]> {
  const wrong = invalid.filter((name) => variables.test(name));
  const work = async () => {
    if (config === undefined) {
      return [unknown(check, 'Not checked, because the configuration is not complete.')];
    }
    return wrong.length > 0 ? [unknown(check, `Not checked. Missing or not valid: ${wrong.join(', ')}.`)] : run(config);
  };
  return runCheck(check, work, groupTimeoutMs);
}
