import { readFileSync } from 'node:fs';
import { readOwner } from './owner.mjs';
import { StackOne } from './stackone.mjs';

/** The schema of this package. */
export const typeDefs = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8');

/** @typedef {{ stackone: Pick<StackOne, Exclude<keyof StackOne, 'createSession'>> }} Context */

/** @param {string | undefined} authorization @returns {Context} */
export function createContext(authorization) {
  return { stackone: new StackOne(readOwner(authorization)) };
}

export const resolvers = {
  Query: {
    /** @param {unknown} _parent @param {unknown} _args @param {any} context */
    viewer: (_parent, _args, { stackone: { owner } }) => ({
      ownerId: owner.id,
      ownerName: owner.name,
      username: null,
      canManage: true,
      maxLinkedAccounts: null,
    }),
    /** @param {unknown} _parent @param {unknown} _args @param {any} context */
    providers: (_parent, _args, { stackone }) => stackone.listProviders(),
    /** @param {unknown} _parent @param {unknown} _args @param {any} context */
    linkedAccounts: async (_parent, _args, { stackone }) => ({
      nodes: await stackone.listAccounts(),
      pageInfo: { hasNextPage: false, endCursor: null },
    }),
  },
  Mutation: {
    /** @param {unknown} _parent @param {any} input @param {any} context */
    createConnectSession: (_parent, input, { stackone }) => stackone.createConnectSession(input),
    /** @param {unknown} _parent @param {{ accountId: string }} input @param {any} context */
    confirmLinkedAccount: async (_parent, { accountId }, { stackone }) => ({
      account: await stackone.getAccount(accountId),
      userErrors: [],
    }),
  },
};
