import { once } from 'node:events';
import { serveParent } from '../../lib/process.mjs';

/**
 * Reports the URL of this server to the benchmark, and its resource usage or a CPU profile on request.
 * @param {string} url
 */
export function serveBenchmark(url) {
  /** @type {import('node:inspector/promises').Session} */
  let profiler;
  serveParent({ url }, async (message) => {
    switch (message.kind) {
      case 'usage': {
        const { user, system } = process.cpuUsage();
        return { cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() };
      }
      case 'start profile': {
        const { Session } = await import('node:inspector/promises');
        profiler = new Session();
        profiler.connect();
        await profiler.post('Profiler.enable');
        await profiler.post('Profiler.setSamplingInterval', { interval: message.intervalMicroseconds });
        return profiler.post('Profiler.start');
      }
      case 'stop profile':
        return (await profiler.post('Profiler.stop')).profile;
    }
  });
}

/**
 * Starts a server on a free port, then does the same as `serveBenchmark`.
 * @param {import('node:http').Server} server
 */
export async function listenForBenchmark(server) {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  serveBenchmark(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
}
