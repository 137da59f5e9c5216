import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { inPackage, readText } from './package-files.js';

const manifestSchema = z.object({
  name: z.string(),
  bin: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
});
export const manifest = manifestSchema.parse(JSON.parse(readText('package.json')));

/** The package as npm would publish it, in a project of somebody else's. Comes from `dist`: build first. */
export interface InstalledPackage {
  /** The project that it is installed in. */
  readonly project: string;
  readonly tarball: string;
  /** The files of the package, as paths from its folder. */
  readonly files: readonly string[];
  remove(): void;
}

/**
 * Packs, and unpacks as `npm install` would, without asking a registry: what the package says that it needs is
 * linked beside it, and nothing else can be found from there.
 * @param others packages that the project has by itself
 */
export function installPackage(others: readonly string[] = []): InstalledPackage {
  const project = mkdtempSync(join(tmpdir(), 'installed-package-'));
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
    cwd: inPackage('.'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(packed));
  const tarball = join(project, filename);
  const modules = join(project, 'node_modules');
  const folder = join(modules, manifest.name);
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  const needed = [
    ...Object.keys(manifest.dependencies),
    ...Object.keys(manifest.peerDependencies),
    ...others,
  ];
  for (const name of needed) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(inPackage(`node_modules/${name}`), join(modules, name));
  }
  mkdirSync(join(modules, '.bin'));
  for (const [name, target] of Object.entries(manifest.bin)) {
    chmodSync(join(folder, target), 0o755);
    symlinkSync(join(folder, target), join(modules, '.bin', name));
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return { project, tarball, files, remove: () => rmSync(project, { recursive: true }) };
}
