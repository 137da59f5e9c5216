import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageFolders, readManifest } from '../support/installed-package.js';
import { codeBlocks, inPackage, readText } from '../support/package-files.js';

const names = readdirSync(inPackage('examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(names)('The example %s', (name) => {
  const read = (file: string) => readText(`examples/${name}/${file}`);

  it('starts with the two commands of its README', () => {
    expect(codeBlocks(`examples/${name}/README.md`, 'sh')[0]).toBe(`npm ci\nnpm run example -- ${name}\n`);
    // The tests of the examples start this script, after the same build.
    const { example } = JSON.parse(readText('package.json')).scripts;
    expect(example).toBe('npm run build --silent && node scripts/run-example.mjs');
  });

  it('installs the packages as from a registry, with its own lock file', () => {
    const { private: isPrivate, ownServer, scripts, dependencies } = JSON.parse(read('package.json'));
    expect([isPrivate, typeof scripts.start]).toEqual([true, 'string']);
    expect(read('.npmrc')).toContain('install-links=true');
    const used = packageFolders.filter((folder) => readManifest(folder).name in dependencies);
    expect(used).toEqual(ownServer === true ? ['.', 'client', 'emulator'] : ['client']);
    const lock = read('package-lock.json');
    // When it fails: npm install ../../client --package-lock-only, in the example's folder; see CONTRIBUTING.md.
    for (const folder of used) {
      const manifest = JSON.parse(readText(join(folder, 'package.json')));
      const resolved = `file:${join('../..', folder)}`;
      expect(dependencies[manifest.name]).toBe(resolved);
      const { version, dependencies: needed, peerDependencies } = manifest;
      const own = JSON.parse(lock).packages[`node_modules/${manifest.name}`];
      expect(own).toMatchObject({ version, resolved });
      // Equal: the lock file must not have a dependency that the package no longer has.
      expect([own.dependencies, own.peerDependencies]).toEqual([needed, peerDependencies]);
    }
    expect(lock).not.toContain('"resolved": "http');
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
