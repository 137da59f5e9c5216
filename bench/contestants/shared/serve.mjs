import { once } from 'node:events';
import { serveParent } from '../../lib/process.mjs';

/**
 * Tells the benchmark where this server listens, and what it uses whenever it is asked.
 * @param {string} url
 */
export function serveBenchmark(url) {
  /** @type {import('node:inspector/promises').Session} */
  let profiler;
  serveParent({ url }, async (question) => {
    switch (question.kind) {
      case 'use': {
        const { user, system } = process.cpuUsage();
        return { cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() };
      }
      case 'profile': {
        const { Session } = await import('node:inspector/promises');
        profiler = new Session();
        profiler.connect();
        await profiler.post('Profiler.enable');
        await profiler.post('Profiler.setSamplingInterval', { interval: question.intervalMicroseconds });
        return profiler.post('Profiler.start');
      }
      case 'end of profile':
        return (await profiler.post('Profiler.stop')).profile;
    }
  });
}

/**
 * The same for a bare server, which has to listen first.
 * @param {import('node:http').Server} server
 */
export async function listenForBenchmark(server) {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  serveBenchmark(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
}
