import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inPackage, readText } from '../support/package-files.js';

const script = inPackage('dist/scripts/release.js');
const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
/** Instead of publishing, writes the arguments to a file. The registry has the version of one package, if it has any. */
const recordingNpm = `#!/bin/sh
case "$1" in
  publish) echo "$@" >> "$RECORD" ;;
  view) [ "$2" = "$PUBLISHED" ] && echo "\${2#*@}" ;;
  *) exec "${npm}" "$@" ;;
esac
`;

let outside: string;
let project: string;
const record = () => join(outside, 'published');

/** A project with three small packages, in the state in which a release is possible. */
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'release-test-'));
  project = join(outside, 'project');
  writeInProject('LICENSE', 'MIT');
  writeInProject('README.md', '# Readme');
  writeInProject('schema.graphql', 'type Query { a: Int }');
  writeInProject('test/contract/released-schema.graphql', 'type Query { a: Int }');
  writeInProject('CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-01\n');
  writeInProject('package.json', manifestOf('.', 'server'));
  for (const name of ['client', 'emulator']) {
    writeInProject(`${name}/package.json`, manifestOf(name, name));
    writeInProject(`${name}/LICENSE`, 'MIT');
    writeInProject(`${name}/README.md`, '# Readme');
  }
  mkdirSync(join(outside, 'bin'));
  writeFileSync(join(outside, 'bin/npm'), recordingNpm, { mode: 0o755 });
  git('init', '--quiet');
  commit();
  git('tag', 'v1.2.3');
});
afterEach(() => rmSync(outside, { recursive: true }));

function manifestOf(folder: string, name: string, changes: object = {}): string {
  const { repository, publishConfig, license } = JSON.parse(readText(join(folder, 'package.json')));
  return JSON.stringify({ name, version: '1.2.3', license, repository, publishConfig, ...changes });
}

function writeInProject(path: string, text: string): void {
  mkdirSync(join(project, path, '..'), { recursive: true });
  writeFileSync(join(project, path), text);
}

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...args], { cwd: project });
}

function commit(): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'A change');
}

function release(cwd: string, ...args: string[]) {
  return releaseAfter('', cwd, ...args);
}

/** @param onRegistry the package that npm has already, such as `client@1.2.3` */
function releaseAfter(onRegistry: string, cwd: string, ...args: string[]) {
  const path = `${join(outside, 'bin')}:${process.env['PATH']}`;
  const env = { ...process.env, PATH: path, RECORD: record(), PUBLISHED: onRegistry };
  return spawnSync(process.execPath, [script, ...args], { cwd, env, encoding: 'utf8' });
}

const published = () => (existsSync(record()) ? readFileSync(record(), 'utf8').trim().split('\n') : []);

describe('npm run release', () => {
  it('with --dry-run packs the three packages of this repository, shows what they contain, and publishes nothing', () => {
    const { status, stdout } = release(inPackage('.'), '--dry-run');
    const { version } = JSON.parse(readText('package.json'));
    for (const name of ['stackone-emulator', 'stackone-connect-client', 'stackone-connect-graphql']) {
      expect(stdout).toMatch(new RegExp(`^${name} ${version}: \\d+ KB, unpacked \\d+ KB, \\d+ files$`, 'm'));
    }
    expect(stdout).toMatch(/^ {4}dist\/playground: 7 files, \d+ KB$/m);
    expect(stdout.match(/^ {4}LICENSE: 1 file/gm)).toHaveLength(3);
    expect([status, published()]).toEqual([0, []]);
  });

  it('publishes the three archives when every step before the release is complete', () => {
    const { status, stderr } = release(project);
    expect([status, stderr]).toEqual([0, '']);
    expect(published()).toEqual(
      ['emulator', 'client', 'server'].map((name) => expect.stringContaining(`/${name}-1.2.3.tgz`)),
    );
  });

  it('publishes the other packages after a release that failed in the middle', () => {
    const { status, stdout } = releaseAfter('emulator@1.2.3', project);
    expect(stdout).toContain('emulator@1.2.3 is published already');
    expect(published()).toEqual(['client', 'server'].map((name) => expect.stringContaining(`/${name}-1.2.3.tgz`)));
    expect(status).toBe(0);
  });

  it('publishes nothing when a step before the release is missing, and names it', () => {
    writeInProject('CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n');
    writeInProject('schema.graphql', 'type Query { b: Int }');
    commit();
    writeInProject('README.md', '# Changed');
    const { status, stdout } = release(project);
    expect(stdout.match(/^Before the release: .*/gm)).toEqual([
      'Before the release: CHANGELOG.md has no section 1.2.3 with a date',
      expect.stringContaining('released-schema.graphql is not the schema of this version'),
      'Before the release: There are changes without a commit',
      'Before the release: The last commit has no tag v1.2.3',
    ]);
    expect([status, published()]).toEqual([1, []]);
  });

  it.each([
    ['another version', { version: '1.2.4' }, 'The packages have different versions'],
    [
      'the repository of a fork',
      { repository: { type: 'git', url: 'git+https://example.com/a.git', directory: 'client' } },
      'repository.url',
    ],
    [
      'another folder',
      { repository: { ...JSON.parse(readText('emulator/package.json')).repository } },
      'repository.directory: emulator',
    ],
    ['no provenance', { publishConfig: { access: 'public' } }, 'publishConfig.provenance'],
  ])('fails, also as a dry run, if a package has %s', (_title, changes, problem) => {
    writeInProject('client/package.json', manifestOf('client', 'client', changes));
    const { status, stderr } = release(project, '--dry-run');
    expect(stderr).toContain(problem);
    expect([status, published()]).toEqual([1, []]);
  });

  it('fails, also as a dry run, if an archive has no license', () => {
    rmSync(join(project, 'emulator/LICENSE'));
    const { status, stderr } = release(project, '--dry-run');
    expect(stderr).toBe('The archive of emulator has no LICENSE\n');
    expect([status, published()]).toEqual([1, []]);
  });
});
