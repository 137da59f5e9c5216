import { clientDocuments } from '../../dist/src/graphql/operations/client-documents.js';

/**
 * The operations that are measured: the documents of the typed client, byte for byte.
 *
 * @typedef {object} Operation
 * @property {string} title
 * @property {(owner: string) => Readonly<Record<string, unknown>>} variables
 * @property {string} name of the document
 * @property {(data: any, owner: string, seen: Set<string>) => boolean} isCorrect checks `data` of a response. An
 *   implementation without GraphQL sends the same `data`
 */

/** @type {Operation['isCorrect']} */
const hasNewToken = ({ createConnectSession }, _owner, seen) => {
  const { token } = createConnectSession;
  const isNew = typeof token === 'string' && !seen.has(token);
  seen.add(token);
  return isNew;
};

/** @type {Readonly<Record<'session' | 'default' | 'confirm' | 'page', Operation>>} */
export const operations = {
  session: {
    title: 'createConnectSession(onExisting: CREATE_ANOTHER), one call to StackOne',
    name: 'createConnectSession',
    variables: () => ({ provider: 'provider-1', label: 'Head office', onExisting: 'CREATE_ANOTHER' }),
    isCorrect: hasNewToken,
  },
  default: {
    title: 'createConnectSession without onExisting, two calls to StackOne',
    name: 'createConnectSession',
    variables: () => ({ provider: 'provider-9', label: 'Head office' }),
    isCorrect: hasNewToken,
  },
  confirm: {
    title: 'confirmLinkedAccount, one call to StackOne',
    name: 'confirmLinkedAccount',
    variables: (owner) => ({ accountId: `${owner}-account_3` }),
    isCorrect: ({ confirmLinkedAccount: { account } }, owner) =>
      account.id === `${owner}-account_3` && account.status === 'ACTIVE',
  },
  page: {
    title: 'integrations: the viewer, all providers and 20 linked accounts, one call to StackOne',
    name: 'integrations',
    variables: () => ({}),
    isCorrect: ({ viewer, providers, linkedAccounts: { nodes } }, owner) =>
      viewer.ownerId === owner &&
      providers.length >= 10 &&
      providers.every((/** @type {any} */ { availability }) => availability === 'AVAILABLE') &&
      nodes.length === 20,
  },
};

/** @typedef {keyof typeof operations} OperationName */

/** The body of a request of this owner. @param {OperationName} operation @param {string} owner */
export function toBody(operation, owner) {
  const { name, variables } = operations[operation];
  const query = [...clientDocuments].find((text) => text.includes(` ${name}(`));
  return JSON.stringify({ query, operationName: name, variables: variables(owner) });
}
