/**
 * `npm run example -- <name>`: installs the packages of an example, starts the demo server, and starts the example. An
 * example with its own server (`"ownServer": true` in its package.json) gets no demo server. Ctrl+C stops everything.
 *
 * The example gets the environment variables `EXAMPLE_PORT` (unchanged) and `CONNECT_URL` and `EMULATOR_URL` of the demo
 * server. It must print its own URL in a line `The example  http://…`, or `Local: http://…` as Vite and Next.js do.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(`${top}/examples`).filter((name) => existsSync(`${top}/examples/${name}/package.json`));
const [name = ''] = process.argv.slice(2);
const folder = `${top}/examples/${name}`;
const children = [];

/** Starts a command in its own process group, so that its child processes are stopped with it. */
function start(command, args, options) {
  const child = spawn(command, args, { detached: true, ...options });
  children.push(child);
  child.once('exit', (code) => stop(code ?? 1));
  return child;
}

/** Stops all processes, when the first of them exits or on a signal. */
function stop(exitCode) {
  process.exitCode ??= exitCode;
  for (const { pid } of children.splice(0)) {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch {
      // The process has already exited.
    }
  }
}

/** Starts the demo without the API key of the shell, so that no example runs against the real StackOne by mistake. */
function startDemo() {
  const { STACKONE_API_KEY, STACKONE_API_KEY_FILE, ...env } = process.env;
  const demo = start(process.execPath, ['dist/demo/main.js'], {
    cwd: top,
    env: { LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  return new Promise((resolve) => {
    demo.stdout.setEncoding('utf8').on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
      const page = /The page +(\S+)\/\n/.exec(output);
      const emulator = /The emulator +(\S+)/.exec(output);
      if (page !== null && emulator !== null) {
        resolve({ CONNECT_URL: page[1], EMULATOR_URL: emulator[1] });
      }
    });
  });
}

async function main() {
  if (!names.includes(name)) {
    process.stderr.write(`Usage: npm run example -- ${names.join(' | ')}\n`);
    process.exitCode = 1;
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => stop(0));
  }
  const install = ['ci', '--prefer-offline', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) {
    process.exitCode = 1;
    return;
  }
  const { ownServer = false } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const urls = ownServer ? {} : await startDemo();
  const env = { NEXT_TELEMETRY_DISABLED: '1', ...process.env, ...urls };
  start('npm', ['start'], { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] });
}

await main();
