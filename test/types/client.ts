/** Usages that must compile and usages that must not. `npm run typecheck` checks this file. It never runs. */
import {
  attachHub,
  type ConnectFailure,
  type ConnectFlow,
  createConnectClient,
  createConnectFlow,
  describeFailure,
  getSdk,
  loadHub,
  type ServerErrorCode,
} from '../../client/src/index.js';

const client = createConnectClient();
const { sdk } = client;
const flow = createConnectFlow(client);

// Options that can be absent, such as those from the environment, with exactOptionalPropertyTypes
declare const absent: undefined;
createConnectClient({ url: absent, headers: absent, credentials: absent, sendDocumentIds: absent });
createConnectFlow(client, { prepare: absent, onLinked: absent });
void loadHub('/hub.js', { nonce: absent });
attachHub(flow, { slot: document.body, baseUrl: '', attributes: absent, waitingText: absent });

// Arguments
void flow.start({ provider: 'bamboohr', category: 'HRIS', onExisting: 'RELINK' });
// @ts-expect-error a provider key is a string
void flow.start({ provider: 42 });
// @ts-expect-error unknown category
void flow.start({ category: 'HR' });
// @ts-expect-error no argument for the owner
void flow.start({ provider: 'bamboohr', ownerId: 'org_acme' });
// @ts-expect-error no argument for the owner
void sdk.createConnectSession({ originOwnerId: 'org_acme' });

// Variables
void sdk.confirmLinkedAccount({ accountId: '1' });
// @ts-expect-error missing variable
void sdk.confirmLinkedAccount({});
// @ts-expect-error missing variables
void sdk.deleteLinkedAccount();
// @ts-expect-error unknown variable
void sdk.linkedAccount({ accountId: '1' });

// Responses
const { createConnectSession } = await sdk.createConnectSession();
// @ts-expect-error the token is null when there are userErrors
createConnectSession.token.length;
for (const { code } of createConnectSession.userErrors) {
  // @ts-expect-error unknown code
  if (code === 'PROVIDER_UNKNOWN') {
    throw new Error(code);
  }
}

// The state of a flow
const state = flow.getState();
// @ts-expect-error the session is null without a Hub
state.session.token.length;
if (state.phase === 'open') {
  state.session.token.length;
}
// @ts-expect-error the account exists in phase `linked` only
state.account.id.length;
if (state.phase === 'linked') {
  state.account.id.length;
}

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
// @ts-expect-error missing codes
export const messagesByCode: Record<ServerErrorCode, string> = { UNAUTHENTICATED: 'Sign in again' };
// @ts-expect-error unknown kind of failure
describeFailure({ kind: 'cancelled' });
// @ts-expect-error only `server` failures have a code
export const codeOf = (failure: ConnectFailure) => failure.code;

// Types without a public constructor
// @ts-expect-error ConnectFlow is a type; createConnectFlow creates a flow
export const constructed = new ConnectFlow();
export type { ConnectFlow };

// @ts-expect-error a URL is not a GraphQLClient
getSdk('/graphql');
