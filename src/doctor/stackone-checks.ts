import { createLoginAuthentication } from '../auth/host-login.js';
import type { Config } from '../config/settings.js';
import { reasonOf } from '../domain/app-error.js';
import { probe } from '../egress/probe.js';
import { createRateLimits } from '../linking/limits/rate-limits.js';
import { createObservability } from '../observability/observability.js';
import { createBackgroundContext } from '../observability/request-context.js';
import { StackOneApi } from '../stackone/api.js';
import { StackOneHttpClient } from '../stackone/http/client.js';
import { UpstreamError } from '../stackone/http/errors.js';
import type { MintedSession } from '../stackone/records.js';
import { checkClock } from './clock-check.js';
import { explainConnectionFailure, isUnencrypted } from './connection-failure.js';
import { count, doctorOwner, error, type Finding, ok, runCheck, unknown, warning } from './finding.js';
import { RecordingLogger } from './recording-logger.js';

/** The least that the settings allow. */
const sessionSeconds = 60;

/** StackOne: the way to it first, and then what it says about the key. @param mint whether to create a session */
export async function checkStackOne(config: Config, mint: boolean): Promise<readonly Finding[]> {
  const connection = await checkConnection(config);
  if (connection.some(({ check, level }) => check === 'connection' && level === 'error')) {
    return [...connection, unknown('key', 'Not checked, because StackOne cannot be reached.')];
  }
  const logger = new RecordingLogger();
  const observability = createObservability(logger, config.apiKey);
  const client = new StackOneHttpClient(config, createRateLimits(config, undefined), observability);
  const api = new StackOneApi(client, observability);
  const checks = await Promise.all([
    runCheck('key', () => checkKey(api, config)),
    runCheck('catalog', () => checkCatalog(api, config, logger)),
    mint
      ? runCheck('session', () => checkSession(api, config))
      : [unknown('project', 'StackOne states the project of a key only in the response to a new session.', useMint)],
  ]);
  await client.close();
  return [...connection, ...checks.flat()];
}

const useMint = 'Run the doctor with --mint, which also checks that the key can create sessions.';

/** DNS, proxy, socket and TLS, without the key. Also the clock, from the same response. */
async function checkConnection({ baseUrl, httpsProxy, noProxy }: Config): Promise<readonly Finding[]> {
  const url = new URL(baseUrl);
  try {
    const response = await probe(url, { httpsProxy, noProxy });
    return [describeConnection(url), checkClock(response)];
  } catch (failure) {
    const target = { name: 'StackOne', variable: 'STACKONE_BASE_URL', address: baseUrl };
    const { message, fix } = explainConnectionFailure(failure, target);
    return [error('connection', message, fix)];
  }
}

function describeConnection(url: URL): Finding {
  if (isUnencrypted(url)) {
    const message = `StackOne responds at ${url.origin} without TLS: the API key is sent in plain text.`;
    return warning('connection', message, 'Use https in STACKONE_BASE_URL.');
  }
  const tls = url.protocol === 'https:' ? 'with a valid TLS certificate' : 'on this machine, without TLS';
  return ok('connection', `StackOne responds at ${url.origin} ${tls}.`);
}

/** The call of the search for broken accounts: one page, of all owners. */
async function checkKey(api: StackOneApi, { baseUrl }: Config): Promise<readonly Finding[]> {
  try {
    const page = await api.listBrokenAccounts(1, createBackgroundContext());
    // A page without a byte is the result after 404.
    return page.bytes === 0
      ? [error('key', `${baseUrl}/accounts does not exist (404).`, 'Check the path in STACKONE_BASE_URL.')]
      : [
          ok('key', 'StackOne accepts the API key.'),
          ok('scope', 'The key can read accounts.'),
          describeRegion(new URL(baseUrl)),
        ];
  } catch (failure) {
    return [describeUpstreamFailure('key', failure, 'read accounts', baseUrl)];
  }
}

/** A key is valid in one region only, and the host names it. */
export function describeRegion({ host, hostname }: URL): Finding {
  const [isStackOne, region = 'default'] = /^api(?:\.([a-z]+\d+))?\.stackone\.com$/.exec(hostname) ?? [];
  return isStackOne === undefined
    ? unknown('region', `${host} is not a host of StackOne, so the region of the key is not known.`)
    : ok('region', `The key belongs to the ${region} region of StackOne, at ${host}.`);
}

async function checkCatalog(
  api: StackOneApi,
  { baseUrl }: Config,
  logger: RecordingLogger,
): Promise<readonly Finding[]> {
  try {
    const list = await api.listProviders(createBackgroundContext());
    if (list === undefined) {
      const message = `StackOne has no catalog of providers at ${baseUrl} (404).`;
      return [error('catalog', message, 'Check the path in STACKONE_BASE_URL.')];
    }
    const { providers, endpoint, truncated } = list;
    const source = `GET ${endpoint.path}`;
    const skipped = logger.lastOf('stackone-rows-skipped', 'skipped');
    return [
      providers.length === 0
        ? error('catalog', `The StackOne project of the key has no enabled provider (${source}).`, enableProvider)
        : ok('catalog', `${count(providers.length, 'provider')} enabled in the StackOne project (${source}).`),
      ...(endpoint.isDeprecated
        ? [warning('endpoints', `The catalog comes from ${source}, which StackOne has deprecated.`, askStackOne)]
        : [ok('endpoints', 'No deprecated endpoint of StackOne is in use.')]),
      ...(skipped === undefined
        ? []
        : [warning('catalog', `Some rows cannot be read and are left out: ${skipped}.`, compareRows)]),
      ...(truncated ? [warning('catalog', 'The catalog was not read to its end.', disableConnectors)] : []),
    ];
  } catch (failure) {
    return [describeUpstreamFailure('catalog', failure, 'read the catalog of providers', baseUrl)];
  }
}

const enableProvider =
  'Enable a provider in StackOne. If some are enabled there, STACKONE_API_KEY belongs to another project.';
const askStackOne =
  'Ask StackOne for /connector_profiles in your project. The server looks for newer endpoints at each start.';
const compareRows = 'Report it to StackOne. An entry of the catalog needs the key of its provider.';
const disableConnectors = 'Disable connectors that you do not offer.';

/** A session of one minute. Its token is dropped, so it links no account. */
async function checkSession(api: StackOneApi, { baseUrl, sessionMetadata }: Config): Promise<readonly Finding[]> {
  const authenticate = createLoginAuthentication(() => doctorOwner, { production: true }, new RecordingLogger());
  const { owner } = await authenticate(undefined);
  const session = {
    owner,
    username: null,
    provider: undefined,
    category: undefined,
    accountId: undefined,
    label: undefined,
    allowMultiple: false,
    metadata: sessionMetadata,
    expiresInSeconds: sessionSeconds,
  };
  try {
    const minted = await api.createConnectSession(session, createBackgroundContext());
    return minted === undefined
      ? [error('session', `${baseUrl}/connect_sessions does not exist (404).`, 'Check the path in STACKONE_BASE_URL.')]
      : [
          ok('session', `The key can create sessions: one of ${sessionSeconds} seconds was created, for no customer.`),
          describeProject(minted),
        ];
  } catch (failure) {
    return [describeUpstreamFailure('session', failure, 'create sessions', baseUrl)];
  }
}

function describeProject(session: MintedSession): Finding {
  const project = session.readProjectId();
  return project === null
    ? unknown('project', 'StackOne did not state the project of the key.')
    : ok('project', `The key belongs to the StackOne project "${project}": compare it with the one you mean.`);
}

/** @param action continues the sentence "the key may not …" */
function describeUpstreamFailure(check: string, failure: unknown, action: string, baseUrl: string): Finding {
  const status = failure instanceof UpstreamError ? failure.status : undefined;
  if (status === 401) {
    const fix = `Copy STACKONE_API_KEY again from your StackOne project. A key is valid in the region of its project only: STACKONE_BASE_URL is ${baseUrl}.`;
    return check === 'key'
      ? error(check, 'StackOne rejects the API key (401).', fix)
      : unknown(check, 'Not checked, because StackOne rejects the API key (401).');
  }
  if (status === 403) {
    const fix = 'Use a key with the scope "accounts" or with full access. A proxy can respond with 403 too.';
    return error(check === 'key' ? 'scope' : check, `The API key may not ${action} (403).`, fix);
  }
  if (status === 429) {
    const fix = 'Run the doctor again in a minute. Another program may use the same key.';
    return unknown(check, 'The rate limit of the API key is reached (429).', fix);
  }
  if (status !== undefined && status >= 300 && status < 400) {
    const fix = 'Set STACKONE_BASE_URL to the address that the redirect leads to, usually with https.';
    return error(check, `StackOne redirects (${status}), and the server follows no redirect.`, fix);
  }
  if (status !== undefined && status < 500 && check === 'session') {
    return error(
      check,
      `StackOne rejects a new session (${status}).`,
      'Check SESSION_METADATA, if it is set. Else report it to StackOne.',
    );
  }
  // The message consists of this project's own words.
  const reason = reasonOf(failure) ?? 'an unexpected error';
  return error(
    check,
    `The API key could not ${action}: ${reason}.`,
    'Check STACKONE_BASE_URL and the status of StackOne.',
  );
}
