/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A kind of system. */
export type Category =
  /** Accounting. */
  | 'ACCOUNTING'
  /** Applicant tracking systems (recruiting). */
  | 'ATS'
  /** Customer relationship management. */
  | 'CRM'
  /** Documents and files. */
  | 'DOCUMENTS'
  /** Human resources information systems. */
  | 'HRIS'
  /** Human resources information systems, with StackOne’s earlier connectors. */
  | 'HRIS_LEGACY'
  /** Identity and access management. */
  | 'IAM'
  /** Learning management systems. */
  | 'LMS'
  /** Marketing. */
  | 'MARKETING'
  /** Messages and chat. */
  | 'MESSAGING'
  /** Calendars and appointments. */
  | 'SCHEDULING'
  /** Background checks and assessments. */
  | 'SCREENING'
  /** StackOne’s own connectors. */
  | 'STACKONE'
  /** Tickets and issues. */
  | 'TICKETING';

/** What the Hub does with a connect session. */
export type ConnectMode =
  /** Links a new account. Exception: if `provider` is absent, or if the linked accounts could not be read in time, StackOne updates an account with the same customer id, customer name and provider if there is one. */
  | 'LINK'
  /** Updates the account in `account`. */
  | 'RELINK';

/** What happened to a linked account. */
export type LinkedAccountChangeKind =
  /** The account has stopped working: a person must re-link it. */
  | 'BROKEN'
  /** The account was linked. */
  | 'LINKED'
  /** The account works again. */
  | 'RECOVERED'
  /** The account was removed. */
  | 'REMOVED'
  /** The account changed, for example its label or its credentials. */
  | 'UPDATED';

/** The state of a linked account. */
export type LinkedAccountStatus =
  /** The account works. */
  | 'ACTIVE'
  /** The account is kept but no longer used. */
  | 'ARCHIVED'
  /** The account has stopped working, see `statusReasons`: re-link the account. */
  | 'ERROR'
  /** The credentials have expired: re-link the account. */
  | 'EXPIRED'
  /** The account is disabled. */
  | 'INACTIVE'
  /** The account is paused. */
  | 'SUSPENDED'
  /** A state of StackOne that this schema does not have yet. */
  | 'UNKNOWN';

/** What to do when the caller’s customer already has an account of the provider. */
export type OnExistingAccount =
  /** Link a further account. */
  | 'CREATE_ANOTHER'
  /** Return the user error `ACCOUNT_ALREADY_LINKED`. */
  | 'FAIL'
  /** Re-link the account, even if the name of the customer has changed. With several accounts, return the user error `AMBIGUOUS_ACCOUNT`. */
  | 'RELINK';

/** Whether the caller’s customer can connect a provider. */
export type ProviderAvailability =
  /** The provider can be connected. */
  | 'AVAILABLE'
  /** The customer has as many linked accounts as its plan allows. Linked accounts can be re-linked. */
  | 'LIMIT_REACHED'
  /** The plan of the customer does not include the provider. */
  | 'NOT_ALLOWED';

/** Code of a problem that the user or the developer of the page can fix. */
export type UserErrorCode =
  /** With `onExisting: FAIL`: an account of this provider is linked, see `accounts`. */
  | 'ACCOUNT_ALREADY_LINKED'
  /** The customer has as many accounts as its plan allows, see `accounts` for up to 100 of them. Each can be re-linked. */
  | 'ACCOUNT_LIMIT_REACHED'
  /** The account does not exist, belongs to another customer, or its id is malformed. */
  | 'ACCOUNT_NOT_FOUND'
  /** The account belongs to another provider than `provider`. */
  | 'ACCOUNT_PROVIDER_MISMATCH'
  /** With `onExisting: RELINK`: several accounts of this provider are linked, see `accounts`. */
  | 'AMBIGUOUS_ACCOUNT'
  /** An argument is not valid. `field` names it, and `message` says which values are valid. */
  | 'INVALID_INPUT'
  /** The plan of the customer does not include the provider, or `provider` is absent and the plan does not include all of them. */
  | 'PROVIDER_NOT_ALLOWED'
  /** The provider is not in `providers`, or does not have the category in `category`. */
  | 'PROVIDER_NOT_ENABLED';

export type UserErrorFieldsFragment = { code: UserErrorCode, message: string, field: string | null, accounts: Array<{ id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> }> };

export type CreateConnectSessionMutationVariables = Exact<{
  provider?: string | null | undefined;
  category?: Category | null | undefined;
  accountId?: string | null | undefined;
  label?: string | null | undefined;
  onExisting?: OnExistingAccount | null | undefined;
}>;


export type CreateConnectSessionMutation = { createConnectSession: { token: string | null, expiresAt: string | null, mode: ConnectMode | null, account: { id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: string | null, accounts: Array<{ id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> }> }> } };

export type IntegrationsQueryVariables = Exact<{
  category?: Category | null | undefined;
}>;


export type IntegrationsQuery = { viewer: { ownerId: string, ownerName: string, username: string | null, canManage: boolean, maxLinkedAccounts: number | null }, providers: Array<{ key: string, name: string, categories: Array<Category>, logoUrl: string | null, availability: ProviderAvailability }>, linkedAccounts: { nodes: Array<{ id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type LinkedAccountChangesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type LinkedAccountChangesSubscription = { linkedAccountChanged: { kind: LinkedAccountChangeKind, accountId: string, at: string, account: { id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> } | null } };

export type LinkedAccountFieldsFragment = { id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> };

export type LinkedAccountsQueryVariables = Exact<{
  provider?: string | null | undefined;
  status?: Array<LinkedAccountStatus> | LinkedAccountStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type LinkedAccountsQuery = { linkedAccounts: { nodes: Array<{ id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type LinkedAccountQueryVariables = Exact<{
  id: string;
}>;


export type LinkedAccountQuery = { linkedAccount: { id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> } | null };

export type ConfirmLinkedAccountMutationVariables = Exact<{
  accountId: string;
}>;


export type ConfirmLinkedAccountMutation = { confirmLinkedAccount: { account: { id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> } | null, userErrors: Array<{ code: UserErrorCode, message: string, field: string | null, accounts: Array<{ id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> }> }> } };

export type DeleteLinkedAccountMutationVariables = Exact<{
  accountId: string;
}>;


export type DeleteLinkedAccountMutation = { deleteLinkedAccount: { deletedAccountId: string | null, userErrors: Array<{ code: UserErrorCode, message: string, field: string | null, accounts: Array<{ id: string, providerKey: string, label: string | null, status: LinkedAccountStatus, needsRelink: boolean, linkedBy: string | null, createdAt: string | null, updatedAt: string | null, statusReasons: Array<{ code: string | null, description: string | null, at: string | null }> }> }> } };

export const LinkedAccountFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"LinkedAccountFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccount"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"providerKey"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}},{"kind":"Field","name":{"kind":"Name","value":"needsRelink"}},{"kind":"Field","name":{"kind":"Name","value":"linkedBy"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}}]} as unknown as DocumentNode<LinkedAccountFieldsFragment, unknown>;
export const UserErrorFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"UserErrorFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"accounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"LinkedAccountFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccount"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"providerKey"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}},{"kind":"Field","name":{"kind":"Name","value":"needsRelink"}},{"kind":"Field","name":{"kind":"Name","value":"linkedBy"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}}]} as unknown as DocumentNode<UserErrorFieldsFragment, unknown>;
export const CreateConnectSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"createConnectSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"provider"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"category"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Category"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"label"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"onExisting"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"OnExistingAccount"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createConnectSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"provider"},"value":{"kind":"Variable","name":{"kind":"Name","value":"provider"}}},{"kind":"Argument","name":{"kind":"Name","value":"category"},"value":{"kind":"Variable","name":{"kind":"Name","value":"category"}}},{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}},{"kind":"Argument","name":{"kind":"Name","value":"label"},"value":{"kind":"Variable","name":{"kind":"Name","value":"label"}}},{"kind":"Argument","name":{"kind":"Name","value":"onExisting"},"value":{"kind":"Variable","name":{"kind":"Name","value":"onExisting"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"token"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"account"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UserErrorFields"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"LinkedAccountFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccount"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"providerKey"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}},{"kind":"Field","name":{"kind":"Name","value":"needsRelink"}},{"kind":"Field","name":{"kind":"Name","value":"linkedBy"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"UserErrorFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"accounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}}]}}]} as unknown as DocumentNode<CreateConnectSessionMutation, CreateConnectSessionMutationVariables>;
export const IntegrationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"integrations"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"category"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Category"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ownerId"}},{"kind":"Field","name":{"kind":"Name","value":"ownerName"}},{"kind":"Field","name":{"kind":"Name","value":"username"}},{"kind":"Field","name":{"kind":"Name","value":"canManage"}},{"kind":"Field","name":{"kind":"Name","value":"maxLinkedAccounts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"providers"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"category"},"value":{"kind":"Variable","name":{"kind":"Name","value":"category"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"categories"}},{"kind":"Field","name":{"kind":"Name","value":"logoUrl"}},{"kind":"Field","name":{"kind":"Name","value":"availability"}}]}},{"kind":"Field","name":{"kind":"Name","value":"linkedAccounts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"LinkedAccountFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccount"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"providerKey"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}},{"kind":"Field","name":{"kind":"Name","value":"needsRelink"}},{"kind":"Field","name":{"kind":"Name","value":"linkedBy"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}}]} as unknown as DocumentNode<IntegrationsQuery, IntegrationsQueryVariables>;
export const LinkedAccountChangesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"linkedAccountChanges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"linkedAccountChanged"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"accountId"}},{"kind":"Field","name":{"kind":"Name","value":"account"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"LinkedAccountFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccount"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"providerKey"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}},{"kind":"Field","name":{"kind":"Name","value":"needsRelink"}},{"kind":"Field","name":{"kind":"Name","value":"linkedBy"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}}]} as unknown as DocumentNode<LinkedAccountChangesSubscription, LinkedAccountChangesSubscriptionVariables>;
export const LinkedAccountsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"linkedAccounts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"provider"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"status"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccountStatus"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"linkedAccounts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"provider"},"value":{"kind":"Variable","name":{"kind":"Name","value":"provider"}}},{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"Variable","name":{"kind":"Name","value":"status"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"LinkedAccountFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccount"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"providerKey"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}},{"kind":"Field","name":{"kind":"Name","value":"needsRelink"}},{"kind":"Field","name":{"kind":"Name","value":"linkedBy"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}}]} as unknown as DocumentNode<LinkedAccountsQuery, LinkedAccountsQueryVariables>;
export const LinkedAccountDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"linkedAccount"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"linkedAccount"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"LinkedAccountFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccount"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"providerKey"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}},{"kind":"Field","name":{"kind":"Name","value":"needsRelink"}},{"kind":"Field","name":{"kind":"Name","value":"linkedBy"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}}]} as unknown as DocumentNode<LinkedAccountQuery, LinkedAccountQueryVariables>;
export const ConfirmLinkedAccountDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"confirmLinkedAccount"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"confirmLinkedAccount"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"account"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UserErrorFields"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"LinkedAccountFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccount"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"providerKey"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}},{"kind":"Field","name":{"kind":"Name","value":"needsRelink"}},{"kind":"Field","name":{"kind":"Name","value":"linkedBy"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"UserErrorFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"accounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}}]}}]} as unknown as DocumentNode<ConfirmLinkedAccountMutation, ConfirmLinkedAccountMutationVariables>;
export const DeleteLinkedAccountDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"deleteLinkedAccount"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteLinkedAccount"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedAccountId"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UserErrorFields"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"LinkedAccountFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LinkedAccount"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"providerKey"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusReasons"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"at"}}]}},{"kind":"Field","name":{"kind":"Name","value":"needsRelink"}},{"kind":"Field","name":{"kind":"Name","value":"linkedBy"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"UserErrorFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"accounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"LinkedAccountFields"}}]}}]}}]} as unknown as DocumentNode<DeleteLinkedAccountMutation, DeleteLinkedAccountMutationVariables>;