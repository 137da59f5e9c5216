import type { Mutant } from './guards.js';

const fromEnvironment = 'src/config/from-environment.ts';
const fromOptions = 'src/config/from-options.ts';
const authSettings = 'src/config/auth-settings.ts';
const configError = 'src/config/config-error.ts';
const publicKey = 'src/config/setting.ts';
const secret = 'src/config/secret.ts';
const setting = 'src/config/setting.ts';
const variableText = 'src/config/variable-text.ts';
const settings = 'src/config/settings.ts';
const serverSettings = 'src/config/server-settings.ts';
const startDemo = 'demo/start-demo.ts';

/** Guards against a configuration that is unsafe or not what the operator meant, and against a demo in production. */
export const configGuards: readonly Mutant[] = [
  {
    file: fromEnvironment,
    guard: 'permissionsClaim !== undefined && ',
    without: 'false && ',
    noticedBy: 'unit/grants',
  },
  {
    file: serverSettings,
    guard: '.regex(/^(off|stdout|.*\\/.*)$/)',
    without: '',
    noticedBy: 'unit/config-refused',
  },
  {
    file: fromOptions,
    guard: "value !== undefined && typeof value !== 'function'",
    without: 'false',
    noticedBy: 'unit/config-options',
  },
  {
    file: fromEnvironment,
    guard: "env['NODE_ENV'] === 'production'",
    without: 'false',
    noticedBy: 'unit/config-refused',
  },
  {
    file: variableText,
    guard: 'if (text !== undefined) {\n    return { problem',
    without: 'if (false) {\n    return { problem',
    noticedBy: 'unit/config-refused',
  },
  {
    file: 'src/config/setting.ts',
    guard: ' && !isQuoted(text)',
    without: '',
    noticedBy: 'unit/config-options',
  },
  { file: variableText, guard: "text.trim() === ''", without: 'false', noticedBy: 'unit/config-refused' },
  {
    file: variableText,
    guard: 'if (text !== text.trim() && !isPem)',
    without: 'if (false)',
    noticedBy: 'unit/config-refused',
  },
  {
    file: variableText,
    guard: 'isQuoted(text.trim())',
    without: 'false',
    noticedBy: 'unit/config-refused',
  },
  {
    file: variableText,
    guard: "return text === ''\n",
    without: "return text === 'never'\n",
    noticedBy: 'unit/config-refused',
  },
  {
    file: setting,
    guard: 'environments.get(text) ?? text',
    without: 'environments.get(text) ?? false',
    noticedBy: 'unit/config-refused',
  },
  {
    file: 'src/config/setting-list.ts',
    guard: "value === undefined ? '[not set]' : '[set]'",
    without: 'JSON.stringify(value)',
    noticedBy: 'unit/config.test.ts',
  },
  { file: fromEnvironment, guard: 'set.length === 1', without: 'true', noticedBy: 'unit/config-refused' },
  {
    file: fromOptions,
    guard: 'settings.production !== false',
    without: 'settings.production === true',
    noticedBy: 'unit/config-options',
  },
  {
    file: fromOptions,
    guard: "typeof getOwner !== 'function'",
    without: 'false',
    noticedBy: 'unit/config-options',
  },
  { file: fromOptions, guard: '!hasLogMethods(logger)', without: 'false', noticedBy: 'unit/config-options' },
  {
    file: fromOptions,
    guard: 'settings.logLevel !== undefined',
    without: 'false',
    noticedBy: 'unit/config-options',
  },
  { file: configError, guard: '    Object.freeze(value);\n', without: '', noticedBy: 'unit/config.test.ts' },
  {
    file: publicKey,
    guard: '!/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)',
    without: 'false',
    noticedBy: 'unit/config-refused',
  },
  {
    file: publicKey,
    guard: 'return canVerifyTokens(key) ? key : undefined;',
    without: 'return key;',
    noticedBy: 'unit/config-refused',
  },
  { file: publicKey, guard: '>= 2048', without: '>= 1024', noticedBy: 'unit/config-refused' },
  {
    file: publicKey,
    guard: '/^(prime256v1|secp384r1|secp521r1)$/',
    without: '/^/',
    noticedBy: 'unit/config-refused',
  },
  {
    file: secret,
    guard: "toString(): string {\n    return '[redacted]';",
    without: 'toString(): string {\n    return this.#value;',
    noticedBy: 'unit/config.test.ts',
  },
  {
    file: secret,
    guard: "toJSON(): string {\n    return '[redacted]';",
    without: 'toJSON(): string {\n    return this.#value;',
    noticedBy: 'unit/config.test.ts',
  },
  {
    file: secret,
    guard: "[inspect.custom](): string {\n    return '[redacted]';",
    without: '[inspect.custom](): string {\n    return this.#value;',
    noticedBy: 'unit/config.test.ts',
  },
  {
    file: setting,
    guard: "production ? ['https:'] : ['http:', 'https:']",
    without: "['http:', 'https:']",
    noticedBy: 'unit/config-refused',
  },
  {
    file: setting,
    guard: "return isBare && (mayHaveQuery || url.search === '') && schemes",
    without: 'return schemes',
    noticedBy: 'unit/config-refused',
  },
  {
    file: setting,
    guard: "(mayHaveQuery || url.search === '') && ",
    without: '',
    noticedBy: 'unit/config-refused',
  },
  {
    file: setting,
    guard: 'return isBare && /^https?:$/.test(url.protocol)',
    without: 'return url !== undefined && /^https?:$/.test(url.protocol)',
    noticedBy: 'unit/config-refused',
  },
  {
    file: setting,
    guard: '/^https?:$/.test(url.protocol) && ',
    without: '',
    noticedBy: 'unit/config-refused',
  },
  {
    file: setting,
    guard: 'decodeURIComponent(password);',
    without: '',
    noticedBy: 'unit/config-refused',
  },
  {
    file: setting,
    guard: '/^https?:\\/\\/[a-z0-9._:[\\]-]+$/.test(text) && ',
    without: '',
    noticedBy: 'unit/config-refused',
  },
  {
    file: setting,
    guard: 'new URL(text).origin === text',
    without: 'true',
    noticedBy: 'unit/config-refused',
  },
  { file: setting, guard: '/^[\\x21-\\x7e]{1,128}$/', without: '/^/', noticedBy: 'unit/config-refused' },
  { file: setting, guard: '.min(0).max(65_535)', without: '', noticedBy: 'unit/config-refused' },
  { file: setting, guard: '.min(1).max(1_000_000)', without: '', noticedBy: 'unit/config-refused' },
  {
    file: settings,
    guard: 'z.strictObject(embedded)',
    without: 'z.object(embedded)',
    noticedBy: 'unit/config-options',
  },
  {
    file: settings,
    guard: '/^[\\x21-\\x7e]+$/.test(text)',
    without: 'true',
    noticedBy: 'unit/config-refused',
  },
  {
    file: settings,
    guard: '      60,\n      86_400,\n      1800,',
    without: '      0,\n      1_000_000,\n      1800,',
    noticedBy: 'unit/config-refused',
  },
  {
    file: settings,
    guard: "'ALLOW_AUTH_LINKS',\n      false",
    without: "'ALLOW_AUTH_LINKS',\n      true",
    noticedBy: 'unit/config.test.ts',
  },
  {
    file: settings,
    guard: "'INTROSPECTION',\n      production",
    without: "'INTROSPECTION',\n      false",
    noticedBy: 'unit/config.test.ts',
  },
  {
    file: serverSettings,
    guard: "'PLAYGROUND',\n      production",
    without: "'PLAYGROUND',\n      false",
    noticedBy: 'unit/config.test.ts',
  },
  {
    file: 'src/config/setting.ts',
    guard: '/^rediss?:\\/\\/\\S+$/.test(text) && ',
    without: '',
    noticedBy: 'unit/config-refused',
  },
  {
    file: 'src/config/setting.ts',
    guard: '/^\\/?\\d*$/.test(url.pathname) && ',
    without: '',
    noticedBy: 'unit/config-refused',
  },
  {
    file: authSettings,
    guard: 'Buffer.byteLength(text) >= 32',
    without: 'true',
    noticedBy: 'unit/config-refused',
  },
  { file: authSettings, guard: 'regex(/^\\S+$/)', without: 'regex(/^/)', noticedBy: 'unit/config-refused' },
  {
    file: authSettings,
    guard: "names(),\n      'AUTH_ISSUER'",
    without: "names().optional(),\n      'AUTH_ISSUER'",
    noticedBy: 'unit/config-refused',
  },
  {
    file: authSettings,
    guard: "names(),\n      'AUTH_AUDIENCE'",
    without: "names().optional(),\n      'AUTH_AUDIENCE'",
    noticedBy: 'unit/config-refused',
  },
  {
    file: fromEnvironment,
    guard: "issuers.includes('{tenantid}') && env['OWNER_ID_CLAIM'] !== 'tid'",
    without: 'false',
    noticedBy: 'unit/config-refused',
  },
  {
    file: fromEnvironment,
    guard: "/[{}]/.test(issuers.replaceAll('{tenantid}', ''))",
    without: 'false',
    noticedBy: 'unit/config-refused',
  },
  { file: fromEnvironment, guard: 'metricsPort === port', without: 'false', noticedBy: 'unit/config-refused' },
  { file: fromEnvironment, guard: ' && port !== 0', without: '', noticedBy: 'unit/start-error' },
  { file: serverSettings, guard: '/^[A-Za-z0-9.:-]+$/', without: '/^/', noticedBy: 'unit/config-refused' },
  {
    file: startDemo,
    guard: "if (env['NODE_ENV'] === 'production')",
    without: 'if (false)',
    noticedBy: 'unit/demo',
  },
  {
    file: startDemo,
    guard: "env['DEMO_ALLOW_NETWORK'] !== 'true' && ",
    without: 'false && ',
    noticedBy: 'unit/demo',
  },
  {
    file: startDemo,
    guard: "allowNetwork !== 'true' && allowNetwork !== 'false'",
    without: 'false',
    noticedBy: 'unit/demo',
  },
  {
    file: startDemo,
    guard: '.filter((name) => env[name] !== undefined)',
    without: '.filter(() => false)',
    noticedBy: 'unit/demo',
  },
  { file: startDemo, guard: '|AUTH_.*|', without: '|', noticedBy: 'unit/demo' },
  { file: startDemo, guard: '|.*_CLAIM|MANAGE_PERMISSION)', without: ')', noticedBy: 'unit/demo' },
  {
    file: startDemo,
    guard: '!(/^\\d{1,5}$/.test(port) && Number(port) <= 65_535)',
    without: 'false',
    noticedBy: 'unit/demo',
  },
  { file: 'demo/identity.ts', guard: '!isTenantKey(tenant)', without: 'false', noticedBy: 'unit/demo' },
  {
    file: 'demo/tenants.ts',
    guard: 'Object.hasOwn(tenants, value)',
    without: 'value in tenants',
    noticedBy: 'unit/demo',
  },
];
