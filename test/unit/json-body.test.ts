import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { addJsonBody } from '../../src/http/plugins/json-body.js';

const server = fastify();
addJsonBody(server);
server.post('/', async ({ body }) => ({ body }));

async function send(payload: string | Buffer, type = 'application/json') {
  const response = await server.inject({
    method: 'POST',
    url: '/',
    headers: { 'content-type': type },
    payload,
  });
  return response.statusCode === 200 ? response.json() : response.statusCode;
}

describe('A body of JSON in UTF-8', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;Charset="UTF-8"'])(
    'is parsed with the content type %s',
    async (type) => {
      expect(await send('{"name":"é"}', type)).toEqual({ body: { name: 'é' } });
    },
  );
});

describe('Any other body is rejected', () => {
  it.each<[string, string | Buffer, string, number]>([
    ['another charset', '{}', 'application/json; charset=utf-16', 415],
    ['another charset in quotes', '{}', 'application/json;charset="iso-8859-1"', 415],
    ['two charsets', '{}', 'application/json; charset=utf-8; charset=utf-7', 415],
    ['plain text', '{}', 'text/plain', 415],
    ['bytes that are not UTF-8', Buffer.from('{"name":"é"}', 'latin1'), 'application/json', 400],
    ['a byte order mark', '\ufeff{}', 'application/json', 400],
    ['malformed JSON', '{"name"', 'application/json', 400],
    ['the key __proto__', '{"__proto__":{"a":1}}', 'application/json', 400],
    ['the key constructor.prototype', '{"constructor":{"prototype":{"a":1}}}', 'application/json', 400],
  ])('%s', async (_what, payload, type, status) => {
    expect(await send(payload, type)).toBe(status);
  });
});
