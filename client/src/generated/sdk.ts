// @ts-nocheck
import { type GraphQLClient, type RequestOptions } from 'graphql-request';
import * as Operations from './operations.js';
type GraphQLClientRequestHeaders = RequestOptions['requestHeaders'];








export type SdkFunctionWrapper = <T>(action: (requestHeaders?:Record<string, string>) => Promise<T>, operationName: string, operationType?: string, variables?: any) => Promise<T>;


const defaultWrapper: SdkFunctionWrapper = (action, _operationName, _operationType, _variables) => action();

export function getSdk(client: GraphQLClient, withWrapper: SdkFunctionWrapper = defaultWrapper) {
  return {
    createConnectSession(variables?: Operations.CreateConnectSessionMutationVariables, requestHeaders?: GraphQLClientRequestHeaders, signal?: RequestInit['signal']): Promise<Operations.CreateConnectSessionMutation> {
      return withWrapper((wrappedRequestHeaders) => client.request<Operations.CreateConnectSessionMutation>({ document: Operations.CreateConnectSessionDocument, variables, requestHeaders: { ...requestHeaders, ...wrappedRequestHeaders }, signal }), 'createConnectSession', 'mutation', variables);
    },
    integrations(variables?: Operations.IntegrationsQueryVariables, requestHeaders?: GraphQLClientRequestHeaders, signal?: RequestInit['signal']): Promise<Operations.IntegrationsQuery> {
      return withWrapper((wrappedRequestHeaders) => client.request<Operations.IntegrationsQuery>({ document: Operations.IntegrationsDocument, variables, requestHeaders: { ...requestHeaders, ...wrappedRequestHeaders }, signal }), 'integrations', 'query', variables);
    },
    linkedAccounts(variables?: Operations.LinkedAccountsQueryVariables, requestHeaders?: GraphQLClientRequestHeaders, signal?: RequestInit['signal']): Promise<Operations.LinkedAccountsQuery> {
      return withWrapper((wrappedRequestHeaders) => client.request<Operations.LinkedAccountsQuery>({ document: Operations.LinkedAccountsDocument, variables, requestHeaders: { ...requestHeaders, ...wrappedRequestHeaders }, signal }), 'linkedAccounts', 'query', variables);
    },
    linkedAccount(variables: Operations.LinkedAccountQueryVariables, requestHeaders?: GraphQLClientRequestHeaders, signal?: RequestInit['signal']): Promise<Operations.LinkedAccountQuery> {
      return withWrapper((wrappedRequestHeaders) => client.request<Operations.LinkedAccountQuery>({ document: Operations.LinkedAccountDocument, variables, requestHeaders: { ...requestHeaders, ...wrappedRequestHeaders }, signal }), 'linkedAccount', 'query', variables);
    },
    confirmLinkedAccount(variables: Operations.ConfirmLinkedAccountMutationVariables, requestHeaders?: GraphQLClientRequestHeaders, signal?: RequestInit['signal']): Promise<Operations.ConfirmLinkedAccountMutation> {
      return withWrapper((wrappedRequestHeaders) => client.request<Operations.ConfirmLinkedAccountMutation>({ document: Operations.ConfirmLinkedAccountDocument, variables, requestHeaders: { ...requestHeaders, ...wrappedRequestHeaders }, signal }), 'confirmLinkedAccount', 'mutation', variables);
    },
    deleteLinkedAccount(variables: Operations.DeleteLinkedAccountMutationVariables, requestHeaders?: GraphQLClientRequestHeaders, signal?: RequestInit['signal']): Promise<Operations.DeleteLinkedAccountMutation> {
      return withWrapper((wrappedRequestHeaders) => client.request<Operations.DeleteLinkedAccountMutation>({ document: Operations.DeleteLinkedAccountDocument, variables, requestHeaders: { ...requestHeaders, ...wrappedRequestHeaders }, signal }), 'deleteLinkedAccount', 'mutation', variables);
    }
  };
}
export type Sdk = ReturnType<typeof getSdk>;