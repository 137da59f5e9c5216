/**
 * `npm run example -- <name>`: installs an example's packages, starts the demo server for it unless it brings a
 * server of its own (`"ownServer": true` in its package.json), and starts it. Ctrl+C stops everything.
 *
 * The example gets `EXAMPLE_PORT` as it is, `CONNECT_URL` and `EMULATOR_URL` of the demo server, and tells its own
 * address in a line `The example  http://…`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const names = readdirSync(`${top}/examples`).filter((name) =>
  existsSync(`${top}/examples/${name}/package.json`),
);
const [name = ''] = process.argv.slice(2);
const folder = `${top}/examples/${name}`;
const children = [];

/** In a process group of its own, so that what it starts is stopped with it. */
function start(command, args, options) {
  const child = spawn(command, args, { detached: true, ...options });
  children.push(child);
  child.once('exit', (code) => stop(code ?? 1));
  return child;
}

/** The first to end, or to be told to, ends all. */
function stop(exitCode) {
  process.exitCode ??= exitCode;
  for (const { pid } of children.splice(0)) {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch {
      // It has ended already.
    }
  }
}

/** Without a key, whatever this shell has: no example is run against a real StackOne by mistake. */
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
    process.stderr.write(`Which example? npm run example -- ${names.join(' | ')}\n`);
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
  const env = { ...process.env, ...urls };
  start('npm', ['start'], { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] });
}

await main();
