import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packageFolders, packPackage, readManifest } from './installed-package.js';

const execute = promisify(execFile);

/** Versions of the tools; the newest of each when it was written. */
const managerPackages = { npm: [], pnpm: ['pnpm@10'], yarn: ['yarn@1'], berry: ['@yarnpkg/cli-dist@4'] } as const;
export type Manager = keyof typeof managerPackages;
const addCommands: Readonly<Record<Manager, readonly string[]>> = {
  npm: ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund'],
  pnpm: ['pnpm', 'add', '--prefer-offline'],
  yarn: ['yarn', 'add', '--non-interactive', '--prefer-offline'],
  berry: ['node', 'node_modules/@yarnpkg/cli-dist/bin/yarn.js', 'add'],
};

/** The packed packages of this repository, and tools that a test installs for itself: package managers, Node versions. */
export interface Workshop {
  readonly folder: string;
  readonly remove: () => void;
}

export async function createWorkshop(tools: readonly string[] = []): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), 'workshop-'));
  for (const name of packageFolders) packPackage(name, folder);
  if (tools.length > 0) {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tools];
    await execute('npm', args, { cwd: folder });
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function toolsOf(managers: readonly Manager[]): string[] {
  return managers.flatMap((manager) => managerPackages[manager]);
}

/** An empty project of a host app. */
export class HostProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'host-'));
  readonly #workshop: Workshop;
  readonly #node: string;

  /** @param node the folder of another `node` than the one of this process */
  constructor(workshop: Workshop, packageJson: object | undefined, node = '') {
    this.#workshop = workshop;
    this.#node = node;
    if (packageJson !== undefined) {
      this.write('package.json', JSON.stringify(packageJson));
    }
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Installs packages by name, as the documents show it; those of this repository come from their archives. */
  async add(manager: Manager, packages: readonly string[]): Promise<void> {
    const [command = '', ...args] = addCommands[manager];
    if (manager === 'berry') {
      this.write('.yarnrc.yml', 'nodeLinker: node-modules\nenableTelemetry: false\nenableScripts: false\n');
      this.write('yarn.lock', '');
      const tool = join(this.#workshop.folder, args[0] ?? '');
      await this.run(command, [tool, ...args.slice(1), ...packages.map((name) => this.#source(name))]);
      return;
    }
    await this.run(command, [...args, ...packages.map((name) => this.#source(name))]);
  }

  /** Runs a command to its end, with nothing of this process' environment. Rejects when it fails. */
  async run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    const path = [this.#node, join(this.#workshop.folder, 'node_modules/.bin'), process.env['PATH']];
    const { HOME = tmpdir() } = process.env;
    const options = {
      cwd: this.folder,
      timeout: 240_000,
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: path.filter(Boolean).join(delimiter), HOME, CI: 'true', ...env },
    };
    try {
      return (await execute(command, [...args], options)).stdout;
    } catch (error) {
      const output = error instanceof Error && 'stdout' in error && 'stderr' in error ? error : undefined;
      throw new Error(`${command} ${args.join(' ')}\n${output?.stdout}\n${output?.stderr}`, { cause: error });
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #source(name: string): string {
    const folder = packageFolders.find((candidate) => readManifest(candidate).name === name);
    if (folder === undefined) {
      return name;
    }
    const archive = `${name}-${readManifest(folder).version}.tgz`;
    return `${name}@file:${join(this.#workshop.folder, archive)}`;
  }
}
