import { expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { LazyApollo } from '../../src/graphql/operations/lazy-apollo.js';

it('A load of Apollo Server that failed is tried again', async () => {
  let starts = 0;
  const serverWillStart = async () => {
    starts += 1;
    if (starts === 1) {
      throw new Error('EMFILE');
    }
  };
  const apollo = new LazyApollo({ schema: buildSchema('type Query { a: String }'), plugins: [{ serverWillStart }] });
  await expect(apollo.load()).rejects.toThrow();
  await expect(apollo.load()).resolves.toBeDefined();
  expect(starts).toBe(2);
  await apollo.stop();
});
