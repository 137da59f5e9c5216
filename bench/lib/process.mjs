import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * A child process that handles one request at a time.
 * @typedef {object} Child
 * @property {<Result>(message: object) => Promise<Result>} request
 * @property {() => Promise<void>} stop
 */

/**
 * @template Ready
 * @typedef {Child & { readonly ready: Ready }} ReadyChild `ready` is the message that it sent when it was ready
 */

/**
 * Starts a script and waits until it is ready. Its standard output goes to /dev/null, so that a server writes its log,
 * but no process reads it.
 * @param {URL} script
 * @param {Record<string, string>} env the complete environment of the child, except PATH and NODE_ENV
 * @param {object} [options]
 * @param {readonly string[] | undefined} [options.prefix] a command that starts the process, such as `taskset`
 * @param {readonly string[] | undefined} [options.flags] of Node.js
 * @param {string | undefined} [options.nodePath] another Node.js
 * @returns {Promise<ReadyChild<any>>}
 */
export async function startChild(script, env = {}, { prefix = [], flags = [], nodePath = process.execPath } = {}) {
  const [command = '', ...args] = [...prefix, nodePath, ...flags, fileURLToPath(script)];
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit');
  const unexpectedExit = exit.then(([code]) => {
    throw new Error(`${script.pathname} exited with code ${code}`);
  });
  unexpectedExit.catch(() => {});
  const receive = async () => {
    const [message] = await Promise.race([once(child, 'message'), unexpectedExit]);
    if (message.error !== undefined) {
      throw new Error(message.error);
    }
    return message.result;
  };
  return {
    ready: await receive(),
    request: (message) => {
      child.send(message);
      return receive();
    },
    // The child then exits by itself, so that Node.js writes its compile cache.
    stop: async () => {
      child.disconnect();
      await exit;
    },
  };
}

/**
 * The child's side: reports that it is ready and handles requests of the parent process.
 * @template Message
 * @param {unknown} ready
 * @param {(message: Message) => unknown} handle
 */
export function serveParent(ready, handle) {
  process.on('message', async (message) => {
    try {
      process.send?.({ result: await handle(/** @type {Message} */ (message)) });
    } catch (error) {
      process.send?.({ error: error instanceof Error ? error.stack : String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ result: ready });
}
