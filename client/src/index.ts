export { type ConnectClient, type ConnectClientOptions, createConnectClient } from './core/connect-client.js';
export { type ConnectFlow, createConnectFlow } from './core/connect-flow.js';
export type {
  BlockedSignIn,
  ConnectFlowOptions,
  ConnectRequest,
  ConnectState,
  HubSession,
} from './core/connect-state.js';
export {
  ConnectError,
  type ConnectFailure,
  type LinkedAccount,
  type ServerErrorCode,
  serverErrorCodes,
  toFailure,
  type UserError,
} from './core/failure.js';
export {
  type LinkedAccountsState,
  type LinkedAccountsWatch,
  watchLinkedAccounts,
} from './core/watch-linked-accounts.js';
export {
  type Category,
  ConfirmLinkedAccountDocument,
  type ConfirmLinkedAccountMutation,
  type ConfirmLinkedAccountMutationVariables,
  type ConnectMode,
  CreateConnectSessionDocument,
  type CreateConnectSessionMutation,
  type CreateConnectSessionMutationVariables,
  DeleteLinkedAccountDocument,
  type DeleteLinkedAccountMutation,
  type DeleteLinkedAccountMutationVariables,
  IntegrationsDocument,
  type IntegrationsQuery,
  type IntegrationsQueryVariables,
  type LinkedAccountChangeKind,
  LinkedAccountChangesDocument,
  type LinkedAccountChangesSubscription,
  type LinkedAccountChangesSubscriptionVariables,
  LinkedAccountDocument,
  LinkedAccountFieldsFragmentDoc,
  type LinkedAccountQuery,
  type LinkedAccountQueryVariables,
  type LinkedAccountStatus,
  LinkedAccountsDocument,
  type LinkedAccountsQuery,
  type LinkedAccountsQueryVariables,
  type OnExistingAccount,
  type ProviderAvailability,
  type UserErrorCode,
  UserErrorFieldsFragmentDoc,
} from './generated/operations.js';
export { getSdk, type Sdk } from './generated/sdk.js';
export { attachHub, type HubElementOptions, loadHub } from './hub/hub-element.js';
export { prepareSignInWindow, type SignInWindowOptions } from './hub/sign-in-window.js';
export { createIntegrations, type Integrations, type IntegrationsOptions } from './integrations/create-integrations.js';
export {
  type ConnectQuestion,
  createGuidedFlow,
  type GuidedFlow,
  type GuidedState,
} from './integrations/guided-flow.js';
export type {
  ConnectTarget,
  IntegrationsDialog,
  IntegrationsState,
  Notice,
  Provider,
  Viewer,
} from './integrations/state.js';
export { describeAccount } from './labels/account-name.js';
export { describeFailure, type Retry } from './labels/describe-failure.js';
export { describeUnavailable } from './labels/describe-unavailable.js';
export { defaultLabels } from './labels/en.js';
export type { ConnectLabels, DescribedCode, FailureMessage, LabelChanges, Language, Plural } from './labels/labels.js';
export { loadLabels } from './labels/load-labels.js';
