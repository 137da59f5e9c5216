import { describe, expect, it } from '@jest/globals';
import { isDirect } from '../../src/egress/pool.js';

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
