import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/settings.js';
import { textOf } from '../domain/values.js';
import { error, type Finding, ok, warning } from './finding.js';

/** As in `engines` of package.json. */
export const minimumNodeVersion = '20.19';
/** The oldest major version with long-term support. Odd versions have none. */
const supportedMajor = 22;
const recommended = 'Install Node.js 24.';

/** @param version such as `24.1.0` */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = minimumNodeVersion.split('.').map(Number);
  if (major < minimumMajor || (major === minimumMajor && minor < minimumMinor)) {
    return error('node', `Node.js ${version} is too old: ${minimumNodeVersion} or later is required.`, recommended);
  }
  if (major < supportedMajor || major % 2 === 1) {
    return warning('node', `Node.js ${version} works, but is not a version with long-term support.`, recommended);
  }
  return ok('node', `Node.js ${version} is supported.`);
}

/** Origins of pages that may call the server. Their form is checked with the configuration. */
export function checkCors({ corsOrigins, production }: Pick<Config, 'corsOrigins' | 'production'>): Finding[] {
  if (corsOrigins.length === 0) {
    return [ok('cors', 'CORS_ORIGINS is not set: only pages of the origin of the server can call it.')];
  }
  const plain = production ? corsOrigins.filter((origin) => !origin.startsWith('https://')) : [];
  return [
    ok('cors', `Pages of these origins can call the server: ${corsOrigins.join(', ')}.`),
    ...plain.map((origin) =>
      warning(
        'cors',
        `${origin} is an origin without TLS: others can change its pages.`,
        'Remove it from CORS_ORIGINS in production.',
      ),
    ),
  ];
}

/**
 * The file without which the server does not start. Does not create it: the user of the doctor can be another one than
 * that of the server.
 */
export function checkAuditLog({ auditLog: path }: Pick<Config, 'auditLog'>): Finding[] {
  if (path === 'off' || path === 'stdout') {
    return [];
  }
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      return [ok('files', `The file in AUDIT_LOG can be written: ${path}.`)];
    }
  } catch {
    // The finding is the same.
  }
  return [error('files', `The file in AUDIT_LOG cannot be written: ${path}.`, auditLogFix)];
}

const auditLogFix = 'Create its folder, and allow the user of the server to write to it.';

/** The documents are compared with the schema at the start only. */
export function checkDocuments({ trustedDocumentsFile: path }: Pick<Config, 'trustedDocumentsFile'>): Finding[] {
  if (path === undefined) {
    return [];
  }
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return [ok('files', `The file in TRUSTED_DOCUMENTS_FILE is JSON: ${path}.`)];
  } catch (failure) {
    const problem = textOf(failure, 'name') === 'SyntaxError' ? 'is not JSON' : 'cannot be read';
    return [error('files', `The file in TRUSTED_DOCUMENTS_FILE ${problem}: ${path}.`, 'Correct the path or the file.')];
  }
}
