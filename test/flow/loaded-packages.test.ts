import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { inPackage } from '../support/package-files.js';

/** Prints the packages whose code a new process has loaded after a module. */
const listPackages = `
import { Session } from 'node:inspector/promises';
await import(process.argv[1]);
const session = new Session();
const urls = [];
session.connect();
session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
await session.post('Debugger.enable');
const names = urls.map((url) => /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url)?.[1]);
console.log([...new Set(names)].join(' '));
`;

async function packagesOf(path: string): Promise<string[]> {
  const args = ['--input-type=module', '--eval', listPackages, inPackage(path)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim().split(' ');
}

const notForAll = ['fastify', '@fastify/cors', 'jose', '@redis/client'];

describe('An import of the package', () => {
  it('loads nothing that only the standalone server or REDIS_URL needs', async () => {
    const packages = await packagesOf('dist/src/index.js');
    expect(packages).toEqual(expect.arrayContaining(['graphql', 'undici', 'zod']));
    expect(packages.filter((name) => notForAll.includes(name))).toEqual([]);
  });
});
