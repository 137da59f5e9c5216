import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/**
 * `npm run release`: publishes the three packages to npm, with provenance, after all checks. `--dry-run` does the checks,
 * packs the packages and prints their contents, and publishes nothing. Problems that the last steps before a release solve
 * (changelog, commit) do not fail a dry run.
 */
const isDryRun = process.argv.includes('--dry-run');

/** In the order of publishing: what a package could need comes first. */
const folders = ['emulator', 'client', '.'];

const manifestShape = z.object({
  name: z.string(),
  version: z.string(),
  license: z.literal('MIT'),
  // npm refuses a provenance whose repository is another one than that of the build.
  repository: z.object({
    type: z.literal('git'),
    url: z.literal('git+https://github.com/stackone-connect/stackone-connect-graphql.git'),
    directory: z.string().optional(),
  }),
  publishConfig: z.object({ access: z.literal('public'), provenance: z.literal(true) }),
});
type Manifest = z.infer<typeof manifestShape>;

const packedShape = z.tuple([
  z.object({
    filename: z.string(),
    size: z.number(),
    unpackedSize: z.number(),
    files: z.array(z.object({ path: z.string(), size: z.number() })),
  }),
]);
type Packed = z.infer<typeof packedShape>[0];

/** Files that each archive must have. */
const requiredFiles = ['LICENSE', 'README.md', 'package.json'];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function git(...args: string[]): string {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}

function readManifest(folder: string): Manifest {
  const parsed = manifestShape.safeParse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  if (!parsed.success) {
    throw new Error(`${folder}/package.json is not ready for a release:\n${z.prettifyError(parsed.error)}`);
  }
  const { directory = '.' } = parsed.data.repository;
  if (directory !== folder) {
    throw new Error(`${folder}/package.json names another folder in repository.directory: ${directory}`);
  }
  return parsed.data;
}

/** Packs what `npm run build` has built. */
async function pack(folder: string, destination: string): Promise<Packed> {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', destination];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: folder });
  const [packed] = packedShape.parse(JSON.parse(stdout));
  const missing = requiredFiles.filter((name) => !packed.files.some(({ path }) => path === name));
  if (missing.length > 0) {
    throw new Error(`The archive of ${folder} has no ${missing.join(', ')}`);
  }
  return packed;
}

/** After a release that failed in the middle, the next run publishes the other packages: npm accepts a version only once. */
function isPublished(name: string, version: string): boolean {
  return spawnSync('npm', ['view', name, 'version'], { encoding: 'utf8' }).stdout.trim() === version;
}

/** What the last steps before a release solve, see CONTRIBUTING.md. */
function findOpenSteps(version: string): string[] {
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  const released = readFileSync('test/contract/released-schema.graphql', 'utf8');
  const steps = [
    { isOpen: !changelog.includes(`\n## [${version}] - `), text: `CHANGELOG.md has no section ${version} with a date` },
    {
      isOpen: released !== readFileSync('schema.graphql', 'utf8'),
      text: 'test/contract/released-schema.graphql is not the schema of this version: run `npm run schema -- --release`',
    },
    {
      isOpen: git('status', '--porcelain') !== '' || git('rev-parse', 'HEAD') === '',
      text: 'There are changes without a commit',
    },
    { isOpen: git('tag', '--points-at', 'HEAD') !== `v${version}`, text: `The last commit has no tag v${version}` },
  ];
  return steps.filter(({ isOpen }) => isOpen).map(({ text }) => text);
}

/** `dist/src/…` and `dist/cjs/…` are counted apart: `dist/src: 210 files, 512 KB`. */
function summarize(files: Packed['files']): string[] {
  const parts = new Map<string, { count: number; bytes: number }>();
  for (const { path, size } of files) {
    const [, part = path] = /^(dist\/[^/]+|[^/]+)\//.exec(path) ?? [];
    const { count, bytes } = parts.get(part) ?? { count: 0, bytes: 0 };
    parts.set(part, { count: count + 1, bytes: bytes + size });
  }
  return [...parts].map(
    ([part, { count, bytes }]) => `    ${part}: ${count} file${count === 1 ? '' : 's'}, ${kilobytes(bytes)}`,
  );
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} KB`;

async function release(destination: string): Promise<void> {
  const manifests = folders.map(readManifest);
  const versions = new Set(manifests.map(({ version }) => version));
  const [version = ''] = versions;
  if (versions.size !== 1) {
    const list = manifests.map(({ name, version: own }) => `${name} ${own}`);
    throw new Error(`The packages have different versions: ${list.join(', ')}`);
  }
  const steps = findOpenSteps(version);
  for (const step of steps) {
    print(`Before the release: ${step}`);
  }
  if (!isDryRun && steps.length > 0) {
    throw new Error('Nothing was published');
  }
  // Waits for all of them also after a failure, so that none writes into a folder that is being removed.
  const packed = await Promise.allSettled(folders.map((folder) => pack(folder, destination)));
  const archives = packed.map((result) => {
    if (result.status === 'rejected') {
      throw result.reason;
    }
    return result.value;
  });
  for (const [index, { size, unpackedSize, files }] of archives.entries()) {
    const sizes = `${kilobytes(size)}, unpacked ${kilobytes(unpackedSize)}`;
    print(`${manifests[index]?.name} ${version}: ${sizes}, ${files.length} files`);
    print(summarize(files).join('\n'));
  }
  if (isDryRun) {
    print('Nothing was published: this is a dry run');
    return;
  }
  for (const [index, { filename }] of archives.entries()) {
    const name = `${manifests[index]?.name}@${version}`;
    if (isPublished(name, version)) {
      print(`${name} is published already`);
    } else {
      execFileSync('npm', ['publish', join(destination, filename)], { stdio: 'inherit' });
    }
  }
}

const destination = mkdtempSync(join(tmpdir(), 'release-'));
release(destination)
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  })
  .finally(() => rmSync(destination, { recursive: true }));
