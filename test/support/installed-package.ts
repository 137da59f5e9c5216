import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { inPackage, readText } from './package-files.js';

const record = z.record(z.string(), z.string());
/** What a package needs, in a package.json as in a lock file. */
export const dependenciesSchema = z.object({
  dependencies: record.default({}),
  peerDependencies: record.default({}),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })).default({}),
});
const manifestSchema = dependenciesSchema.extend({
  name: z.string(),
  version: z.string(),
  bin: record.default({}),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** The folders of the published packages. */
export const packageFolders = ['.', 'client', 'emulator'] as const;
export type PackageFolder = (typeof packageFolders)[number];

export function readManifest(folder: PackageFolder): Manifest {
  return manifestSchema.parse(JSON.parse(readText(join(folder, 'package.json'))));
}

/**
 * Packs a package as npm would publish it. Comes from `dist`: build first.
 * @returns the path of the archive
 */
export function packPackage(folder: PackageFolder, destination: string): string {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', destination], {
    cwd: inPackage(folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(packed));
  return join(destination, filename);
}

export interface InstalledPackage {
  readonly manifest: Manifest;
  readonly tarball: string;
  /** The files of the package, as paths from its folder. */
  readonly files: readonly string[];
  /** The text of one of them. */
  readonly read: (file: string) => string;
}

/** A new project with packages of this repository, as npm would publish them. */
export interface InstalledProject {
  readonly folder: string;
  readonly packages: readonly InstalledPackage[];
  remove(): void;
}

/**
 * Packs, and unpacks as `npm install` would, without a registry: the dependencies and the required peers of each
 * package are linked beside it, and nothing else can be found from there.
 * @param others other packages of the project
 */
export function installPackages(folders: readonly PackageFolder[], others: readonly string[] = []): InstalledProject {
  const project = mkdtempSync(join(tmpdir(), 'installed-package-'));
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  const packages = folders.map((folder) => unpack(packPackage(folder, project), modules));
  const needed = packages.flatMap(({ manifest }) => requiredPackages(manifest));
  for (const name of new Set([...needed, ...others])) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(inPackage(`node_modules/${name}`), join(modules, name));
  }
  return { folder: project, packages, remove: () => rmSync(project, { recursive: true }) };
}

function unpack(tarball: string, modules: string): InstalledPackage {
  const manifest = manifestSchema.parse(
    JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' })),
  );
  const folder = join(modules, manifest.name);
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  for (const [name, target] of Object.entries(manifest.bin)) {
    chmodSync(join(folder, target), 0o755);
    symlinkSync(join(folder, target), join(modules, '.bin', name));
  }
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return { manifest, tarball, files, read: (file) => readFileSync(join(folder, file), 'utf8') };
}

/** What npm installs along with a package. */
export function requiredPackages(manifest: z.infer<typeof dependenciesSchema>): string[] {
  const peers = Object.keys(manifest.peerDependencies);
  return [
    ...Object.keys(manifest.dependencies),
    ...peers.filter((name) => manifest.peerDependenciesMeta[name]?.optional !== true),
  ];
}

/** A command of a document that installs packages, word by word, with the archives of this repository's packages. */
export function withTarballs(command: string, project: string): string[] {
  return command.split(' ').map((word) => {
    const folder = packageFolders.find((candidate) => readManifest(candidate).name === word);
    return folder === undefined ? word : packPackage(folder, project);
  });
}
