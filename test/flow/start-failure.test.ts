import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { listen } from '../support/listen.js';
import { inPackage } from '../support/package-files.js';
import { testEnv } from '../support/test-env.js';

const script = `
  import { loadConfig, startServer } from 'stackone-connect-graphql';
  await startServer(loadConfig(process.env)).catch(({ code }) => process.stderr.write(code));
`;

it.each(['PORT', 'METRICS_PORT'])(
  'A program that catches the failure when %s is in use ends by itself',
  async (name) => {
    const taken = await listen(createServer());
    // Accepts the connections, and never responds.
    const redis = await listen(createServer((socket) => socket.on('error', () => undefined).resume()));
    const env = testEnv({ [name]: String(taken.port), REDIS_URL: `redis://127.0.0.1:${redis.port}` });
    const program = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: inPackage('.'), env });
    let errors = '';
    program.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    try {
      expect([...(await once(program, 'close')), errors]).toEqual([0, null, 'EADDRINUSE']);
    } finally {
      program.kill('SIGKILL');
      await redis.close();
      await taken.close();
    }
  },
  20_000,
);
