import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isDirect } from '../../src/egress/pool.js';
import { RedisClient } from '../../src/egress/redis.js';
import { createLogger } from '../../src/observability/logger.js';
import { listen } from '../support/listen.js';
import { waitUntil } from '../support/wait.js';

describe('noProxy', () => {
  it.each<[url: string, noProxy: string[]]>([
    ['https://api.stackone.com', ['*']],
    ['https://api.stackone.com', ['other.example', 'api.stackone.com']],
    ['https://api.stackone.com', ['API.StackOne.com']],
    ['https://api.stackone.com', ['stackone.com']],
    ['https://api.stackone.com', ['.stackone.com']],
    ['https://api.stackone.com', ['*.stackone.com']],
    ['https://api.stackone.com', ['api.stackone.com:443']],
    ['http://api.stackone.com', ['stackone.com:80']],
    ['https://api.stackone.com:8443', ['stackone.com']],
    ['https://10.0.0.1', ['10.0.0.1']],
    ['https://[fd00::1]:8443', ['[fd00::1]:8443']],
    ['https://[fd00::1]:8443', ['FD00::1']],
    ['http://localhost:4010', []],
    ['http://127.0.0.1:4010', []],
    ['http://127.8.0.1', []],
    ['http://[::1]:4010', []],
  ])('%s does not use the proxy with %j', (url, noProxy) => {
    expect(isDirect(new URL(url), noProxy)).toBe(true);
  });

  it.each<[url: string, noProxy: string[]]>([
    ['https://api.stackone.com', []],
    ['https://api.stackone.com', ['']],
    ['https://api.stackone.com', ['.', ':443', '*.']],
    ['https://api.stackone.com.', ['', '.', ':443']],
    ['https://api.stackone.com', ['ackone.com']],
    ['https://api.stackone.com', ['pi.stackone.com', 'api.stackone.com.example']],
    ['https://api.stackone.com', ['api.stackone.com:80']],
    ['https://stackone.com', ['api.stackone.com']],
    ['https://apixstackone.com', ['api.stackone.com']],
    ['https://localhost.example', []],
    ['https://127.0.0.1.example', []],
    ['https://10.0.0.1', ['0.0.0.1']],
    ['https://[fd00::1]', ['fd00::2', '::1', '[fd00::1]:8443']],
  ])('%s uses the proxy with %j', (url, noProxy) => {
    expect(isDirect(new URL(url), noProxy)).toBe(false);
  });
});

describe('RedisClient', () => {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line: string) => void lines.push(line) });
  const connect = (port: number) => RedisClient.connect(`redis://127.0.0.1:${port}`, logger, () => undefined);

  it('that is closed while its connections open: both end, and nothing is sent', async () => {
    const sockets: Socket[] = [];
    let received = '';
    const { port, close } = await listen(
      createServer((socket) => {
        sockets.push(socket);
        socket.on('data', (bytes) => {
          received += bytes;
        });
        socket.on('error', () => undefined);
      }),
    );
    const redis = await connect(port);
    redis.subscribe(
      'changes',
      () => undefined,
      () => undefined,
    );
    redis.close();
    await waitUntil(() => sockets.length === 2 && sockets.every(({ closed }) => closed), 'both connections end');
    expect(received).toBe('');
    expect(redis.client.isOpen).toBe(false);
    await close();
  });

  it('that is closed while its connection fails: it does not try again, and logs nothing', async () => {
    const { port, close } = await listen(createServer());
    await close();
    const redis = await connect(port);
    const failed = once(redis.client, 'error');
    redis.close();
    await failed;
    expect(redis.client.isOpen).toBe(false);
    expect(lines).toEqual([]);
  });
});
