import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * A child process that answers questions, one at a time.
 * @typedef {object} Child
 * @property {<Answer>(question: object) => Promise<Answer>} ask
 * @property {() => Promise<void>} stop
 */

/**
 * @template Ready
 * @typedef {Child & { readonly ready: Ready }} ReadyChild `ready` is what it said when it was
 */

/**
 * Starts a script and waits until it says that it is ready. Its standard output goes to /dev/null: what a server
 * logs is written, and read by nobody.
 * @param {URL} script
 * @param {Record<string, string>} env all that it gets, so that nothing of the caller's environment matters
 * @param {{ prefix?: readonly string[] | undefined, flags?: readonly string[] | undefined }} [how] a command to run
 *   it with, such as `taskset`, and flags of Node's
 * @template Ready
 * @returns {Promise<ReadyChild<Ready>>}
 */
export async function startChild(script, env = {}, { prefix = [], flags = [] } = {}) {
  const [command = '', ...args] = [...prefix, process.execPath, ...flags, fileURLToPath(script)];
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit');
  const death = exit.then(([code]) => {
    throw new Error(`${script.pathname} ended with ${code}`);
  });
  death.catch(() => {});
  const answer = async () => {
    const [message] = await Promise.race([once(child, 'message'), death]);
    if (message.error !== undefined) {
      throw new Error(message.error);
    }
    return message.answer;
  };
  return {
    ready: await answer(),
    ask: (question) => {
      child.send(question);
      return answer();
    },
    stop: async () => {
      child.kill();
      await exit;
    },
  };
}

/**
 * The child's side: says that it is ready, and answers from then on.
 * @template Question
 * @param {unknown} ready
 * @param {(question: Question) => unknown} answer
 */
export function serveParent(ready, answer) {
  process.on('message', async (question) => {
    try {
      process.send?.({ answer: await answer(/** @type {Question} */ (question)) });
    } catch (error) {
      process.send?.({ error: error instanceof Error ? error.stack : String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ answer: ready });
}
