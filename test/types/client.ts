/** What must not compile. `npm run typecheck` reads this file; nothing runs it. */
import {
  type ConnectFailure,
  type ConnectFlow,
  createConnectClient,
  createConnectFlow,
  describeFailure,
  getSdk,
  type ServerErrorCode,
} from '../../client/src/index.js';

const client = createConnectClient();
const { sdk } = client;
const flow = createConnectFlow(client);

// What is linked
void flow.start({ provider: 'bamboohr', category: 'HRIS', onExisting: 'RELINK' });
// @ts-expect-error a provider is named by its key
void flow.start({ provider: 42 });
// @ts-expect-error there is no such category
void flow.start({ category: 'HR' });
// @ts-expect-error nobody says whose account it will be
void flow.start({ provider: 'bamboohr', ownerId: 'org_acme' });
// @ts-expect-error nor here
void sdk.createConnectSession({ originOwnerId: 'org_acme' });

// Variables
void sdk.confirmLinkedAccount({ accountId: '1' });
// @ts-expect-error a forgotten variable
void sdk.confirmLinkedAccount({});
// @ts-expect-error all variables forgotten
void sdk.deleteLinkedAccount();
// @ts-expect-error a misspelt one
void sdk.linkedAccount({ accountId: '1' });

// Answers
const { createConnectSession } = await sdk.createConnectSession();
// @ts-expect-error there may be no token, but userErrors
createConnectSession.token.length;
for (const { code } of createConnectSession.userErrors) {
  // @ts-expect-error there is no such code
  if (code === 'PROVIDER_UNKNOWN') throw new Error(code);
}

// The state of a flow
const state = flow.getState();
// @ts-expect-error only while there is a Hub
state.session.token.length;
if (state.phase === 'open') state.session.token.length;
// @ts-expect-error only when an account is linked
state.account.id.length;
if (state.phase === 'linked') state.account.id.length;

// Failures
export function allKinds(failure: ConnectFailure): string {
  switch (failure.kind) {
    case 'refused':
      return failure.userErrors.map(({ message }) => message).join(' ');
    case 'server':
      return failure.code;
    case 'not-linked':
      return failure.account.id;
    case 'unreachable':
    case 'hub-not-loaded':
    case 'session-expired':
      return failure.kind;
  }
}
// @ts-expect-error 'session-expired' is not handled
export function oneKindMissing(failure: ConnectFailure): string {
  switch (failure.kind) {
    case 'refused':
    case 'server':
    case 'not-linked':
    case 'unreachable':
    case 'hub-not-loaded':
      return failure.kind;
  }
}
// @ts-expect-error a code without words
export const wordsOfCodes: Record<ServerErrorCode, string> = { UNAUTHENTICATED: 'Sign in again' };
// @ts-expect-error no such kind of failure
describeFailure({ kind: 'cancelled' });
// @ts-expect-error a code is only with 'server'
export const codeOf = (failure: ConnectFailure) => failure.code;

// What is made by its function alone
// @ts-expect-error a flow is a type; createConnectFlow makes one
export const handMade = new ConnectFlow();
export type { ConnectFlow };

// @ts-expect-error not a GraphQLClient
getSdk('/graphql');
