import { describe, expect, it } from '@jest/globals';
import { listSettings } from '../../src/config/setting-list.js';
import { findUnknownVariables } from '../../src/config/unknown-variables.js';

describe('A variable that is probably misspelt is reported with the variable that it resembles', () => {
  it.each([
    // Other words.
    ['OWNER_CLAIM', 'OWNER_ID_CLAIM'],
    ['RATE_LIMIT', 'RATE_LIMIT_PER_OWNER_PER_MINUTE'],
    ['STACKONE_KEY', 'STACKONE_API_KEY'],
    ['STACKONE_URL', 'STACKONE_BASE_URL'],
    ['STACKONE_API_URL', 'STACKONE_BASE_URL'],
    ['JWKS_URL', 'AUTH_JWKS_URL'],
    ['AUTH_JWKS', 'AUTH_JWKS_URL'],
    ['SESSION_EXPIRES_IN', 'SESSION_EXPIRES_IN_SECONDS'],
    ['JWKS_URI', 'AUTH_JWKS_URL'],
    ['JWT_SECRET', 'AUTH_SECRET'],
    ['ALLOWED_ORIGINS', 'CORS_ORIGINS'],
    ['SHUTDOWN_TIMEOUT', 'SHUTDOWN_TIMEOUT_SECONDS'],
    // Another form of the same words.
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['corsOrigins', 'CORS_ORIGINS'],
    ['stackone_api_key', 'STACKONE_API_KEY'],
    ['AUTH_ISSUER_URL', 'AUTH_ISSUER'],
    ['AUTH_JWKS_URL_FILE', 'AUTH_JWKS_URL'],
    ['REDIS_URL_FILE', 'REDIS_URL'],
    // Other letters.
    ['AUTH_AUDIANCE', 'AUTH_AUDIENCE'],
    ['AUTH_ISUER', 'AUTH_ISSUER'],
    ['AUTH_JWSK_URL', 'AUTH_JWKS_URL'],
    ['STACKONE_APIKEY_FILE', 'STACKONE_API_KEY_FILE'],
    ['METRIC_PORT', 'METRICS_PORT'],
    ['PLAYGROND', 'PLAYGROUND'],
    ['NODE_EVN', 'NODE_ENV'],
  ])('%s → %s', (name, suggestion) => {
    expect(findUnknownVariables({ [name]: 'x' })).toEqual([{ name, suggestion }]);
  });
});

describe('A variable that is not misspelt is not reported:', () => {
  it('each variable of the server and of the demo', () => {
    const names = listSettings().flatMap(({ variable, fileVariable = variable }) => [variable, fileVariable]);
    expect(findUnknownVariables(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
    expect(findUnknownVariables({ EMULATOR_PORT: '1' }, ['EMULATOR_PORT'])).toEqual([]);
  });

  it.each([
    'PATH HOME HOSTNAME USER USERNAME LOGNAME SHELL LANG LC_ALL TERM TZ PWD OLDPWD SHLVL TMPDIR EDITOR PAGER DISPLAY',
    'NODE_OPTIONS NODE_VERSION NODE_PATH NODE_EXTRA_CA_CERTS NPM_CONFIG_CACHE npm_config_loglevel npm_package_name',
    'YARN_VERSION CI DEBUG NO_COLOR FORCE_COLOR HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy SSL_CERT_FILE',
    'KUBERNETES_PORT KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT POD_NAME POD_IP DYNO AWS_REGION AWS_SESSION_TOKEN',
    'SESSION_MANAGER XDG_SESSION_ID SSH_AUTH_SOCK DBUS_SESSION_BUS_ADDRESS DATABASE_URL REDIS_HOST REDIS_PORT SENTRY_DSN',
    'OTEL_EXPORTER_OTLP_ENDPOINT OTEL_SERVICE_NAME GITHUB_TOKEN PUBLIC_URL PORT_ALIVE SystemRoot COMPUTERNAME UV_THREADPOOL_SIZE',
  ])('%s', (names) => {
    expect(findUnknownVariables(Object.fromEntries(names.split(' ').map((name) => [name, 'x'])))).toEqual([]);
  });

  it('the addresses that Kubernetes sets for the services of a namespace', () => {
    const links = {
      METRIC_PORT: 'tcp://10.0.0.1:9090',
      STACKONE_API_PORT: 'tcp://10.0.0.1:80',
      STACKONE_API_PORT_80_TCP: 'tcp://10.0.0.1:80',
      STACKONE_API_PORT_80_TCP_ADDR: '10.0.0.1',
      STACKONE_API_KEY_SERVICE_HOST: '10.0.0.1',
      STACKONE_API_KEY_SERVICE_PORT_HTTP: '80',
    };
    expect(findUnknownVariables(links)).toEqual([]);
  });
});
