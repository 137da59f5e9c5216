import { afterEach, describe, expect, it } from '@jest/globals';
import { isPageVisible, onReturn } from '../../client/src/core/page-visibility.js';
import { createConnectFlow, describeAccount, type LinkedAccount } from '../../client/src/index.js';

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'window');
  Reflect.deleteProperty(globalThis, 'document');
});

const account: LinkedAccount = {
  id: '4711-8a3f',
  providerKey: 'bamboohr',
  label: null,
  status: 'ACTIVE',
  statusReasons: [],
  needsRelink: false,
  linkedBy: null,
  createdAt: '2026-05-03T12:00:00.000Z',
  updatedAt: '2026-05-03T12:00:00.000Z',
};

describe('A flow runs', () => {
  it.each([
    ['without window and document', {}],
    ['in React Native, where window has no events', { window: globalThis }],
    ['with a window and a document that have neither events nor a visibility', { window: {}, document: {} }],
  ])('%s', async (_environment, globals) => {
    Object.assign(globalThis, globals);
    // In Node.js, globalThis has no addEventListener, as in React Native.
    expect('addEventListener' in globalThis).toBe(false);
    const session = { token: 'token', expiresAt: '2100-01-01T00:00:00.000Z', mode: 'LINK', account: null } as const;
    const lists: string[] = [];
    const flow = createConnectFlow({
      sdk: {
        createConnectSession: async () => ({ createConnectSession: { ...session, userErrors: [] } }),
        linkedAccounts: async () => {
          lists.push('');
          return { linkedAccounts: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } };
        },
        confirmLinkedAccount: unused,
        deleteLinkedAccount: unused,
        integrations: unused,
        linkedAccount: unused,
      },
    });
    await flow.start({ provider: 'bamboohr' });
    flow.hub.touched();
    flow.close();
    expect(flow.getState().phase).toBe('closed');
    // The accounts are read once before and once after.
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(lists).toHaveLength(2);
    flow.dispose();
    expect(isPageVisible()).toBe(true);
    expect(() => onReturn(() => {}, AbortSignal.abort())).not.toThrow();
  });

  const unused = async () => {
    throw new Error('not used');
  };
});

describe('describeAccount', () => {
  it('is the label, or distinguishes accounts without labels', () => {
    expect(describeAccount({ ...account, label: 'Berlin' })).toBe('Berlin');
    expect(describeAccount(account)).toMatch(/^Linked on .*2026.* \(…8a3f\)$/);
    expect(describeAccount({ ...account, id: '4711-8a40' })).not.toBe(describeAccount(account));
  });
});
