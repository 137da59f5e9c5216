import type { Config } from '../config/settings.js';
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
