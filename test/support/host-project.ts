import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { packageFolders, packPackage, readManifest } from './installed-package.js';

const execute = promisify(execFile);
/** What an error of `execute` carries. */
const outputSchema = z.looseObject({ stdout: z.string().optional(), stderr: z.string().optional() });

/** Package managers, with the command that adds packages to a project. */
const managers = {
  npm: { tool: undefined, command: ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund'] },
  pnpm: { tool: 'pnpm@10', command: ['node', 'pnpm/bin/pnpm.cjs', 'add', '--prefer-offline'] },
  pnpm12: { tool: 'pnpm12@npm:pnpm@12', command: ['node', 'pnpm12/bin/pnpm.mjs', 'add', '--prefer-offline'] },
  yarn1: { tool: 'yarn@1', command: ['node', 'yarn/bin/yarn.js', 'add', '--non-interactive', '--prefer-offline'] },
  yarn4: { tool: '@yarnpkg/cli-dist@4', command: ['node', '@yarnpkg/cli-dist/bin/yarn.js', 'add'] },
} as const;
const yarn4Settings = `nodeLinker: node-modules
enableTelemetry: false
enableScripts: false
# Its default in CI.
enableImmutableInstalls: false
`;
/** How this machine reaches the registry. */
const networkSettings = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value = '']) =>
    /^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|(https?|no)_proxy)$/i.test(name) ? [[name, value]] : [],
  ),
);
export type Manager = keyof typeof managers;

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

/** What a workshop installs for these package managers. */
export function toolsOf(names: readonly Manager[]): string[] {
  return names.flatMap((name) => managers[name].tool ?? []);
}

/** An empty project of a host app. */
export class HostProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'host-'));
  readonly #workshop: Workshop;

  constructor(workshop: Workshop, packageJson: object) {
    this.#workshop = workshop;
    this.write('package.json', JSON.stringify(packageJson));
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /**
   * Installs packages by name, as the documents show it; those of this repository come from their archives.
   * @param words names of packages, and options
   */
  async add(manager: Manager, words: readonly string[]): Promise<void> {
    if (manager === 'yarn4') {
      this.write('.yarnrc.yml', yarn4Settings);
      // Otherwise it takes a folder above for the project.
      this.write('yarn.lock', '');
    }
    const [command, ...args] = managers[manager].command;
    const tools = join(this.#workshop.folder, 'node_modules');
    const resolved = args.map((word) => (word.includes('/bin/') ? join(tools, word) : word));
    await this.run(command, [...resolved, ...words.map((word) => this.#source(word))], networkSettings);
  }

  /** Runs a command to its end, with nothing of this process' environment. Rejects when it fails. */
  async run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    const { HOME, PATH } = process.env;
    const options = {
      cwd: this.folder,
      timeout: 240_000,
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH, HOME, CI: 'true', ...env },
    };
    const { stdout } = await execute(command, [...args], options).catch((error: unknown) => {
      const { stdout = '', stderr = '' } = outputSchema.parse(error);
      throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
    });
    return stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `name` → `name@file:…` for a package of this repository. `-D` is what each package manager knows. */
  #source(name: string): string {
    if (name === '--save-dev') {
      return '-D';
    }
    const folder = packageFolders.find((candidate) => readManifest(candidate).name === name);
    if (folder === undefined) {
      return name;
    }
    const archive = `${name}-${readManifest(folder).version}.tgz`;
    return `${name}@file:${join(this.#workshop.folder, archive)}`;
  }
}
