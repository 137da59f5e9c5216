import { describe, expect, it } from '@jest/globals';
import { AccountEdge, decodeCursor } from '../../src/linking/cursor.js';
import { toAccountRecord } from '../../src/stackone/mappers.js';
import { accountRow } from '../../src/stackone/schemas.js';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('A cursor', () => {
  it.each([
    [{ page: 1, index: 0 }, 'a'],
    [{ page: 100_000, index: 24 }, 'A_-9'.repeat(32)],
  ])('decodes to the position %j and the account it was encoded from', (position, id) => {
    const { account } = toAccountRecord(accountRow.parse({ id, provider: 'bamboohr' }));
    expect(decodeCursor(new AccountEdge(account, position).cursor)).toEqual({ ...position, id });
  });

  it.each([
    ['empty', ''],
    ['not base64url of JSON', '%%%'],
    ['no array', encode({ page: 1 })],
    ['without an id', encode([1, 0])],
    ['of page 0', encode([0, 0, 'a'])],
    ['of a page that no list has', encode([100_001, 0, 'a'])],
    ['with a negative index', encode([1, -1, 'a'])],
    ['with a fraction', encode([1.5, 0, 'a'])],
    ['with a path as its id', encode([1, 0, '../a'])],
    ['with an id of 129 characters', encode([1, 0, 'a'.repeat(129)])],
    ['with a further part', encode([1, 0, 'a', 'b'])],
  ])('is rejected with BAD_USER_INPUT when it is %s', (_what, cursor) => {
    expect(() => decodeCursor(cursor)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', publicMessage: expect.stringContaining('`after`') }),
    );
  });
});
