import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { codeBlocks, inPackage, readText } from '../support/package-files.js';

const names = readdirSync(inPackage('examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(names)('The example %s', (name) => {
  const read = (file: string) => readText(`examples/${name}/${file}`);

  it('is started by two commands of its README', () => {
    expect(codeBlocks(`examples/${name}/README.md`, 'sh')[0]).toBe(`npm ci\nnpm run example -- ${name}\n`);
  });

  it('has this package as a registry would give it, and a lock of its own', () => {
    const { private: isPrivate, scripts, dependencies } = JSON.parse(read('package.json'));
    expect([isPrivate, typeof scripts.start]).toEqual([true, 'string']);
    expect(dependencies['stackone-connect-graphql']).toBe('file:../..');
    expect(read('.npmrc')).toContain('install-links=true');
    const own = JSON.parse(read('package-lock.json')).packages['node_modules/stackone-connect-graphql'];
    // When it fails: npm install ../.. --package-lock-only, in the example's folder.
    const { version, dependencies: needed, peerDependencies } = JSON.parse(readText('package.json'));
    expect(own).toMatchObject({ version, resolved: 'file:../..', dependencies: needed, peerDependencies });
  });

  it('has a test in Chromium', () => {
    expect(readText(`test/examples/${name}.test.ts`)).toContain(`startExample('${name}')`);
  });
});

describe('npm run example', () => {
  it.each([[[]], [['nobody']], [['..']], [['express/public']]])(
    'with %j lists the examples, and exits with 1',
    (args) => {
      const { status, stderr } = spawnSync('node', [inPackage('scripts/run-example.mjs'), ...args], {
        encoding: 'utf8',
      });
      expect(status).toBe(1);
      expect(stderr).toBe(`Usage: npm run example -- ${names.join(' | ')}\n`);
    },
  );
});
