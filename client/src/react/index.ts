'use client';

export type { DialogPart } from '../dialog/dialog-parts.js';
export { ConnectButton, type ConnectButtonProps } from './connect-button.js';
export { ConnectIntegrations, type ConnectIntegrationsProps } from './connect-integrations.js';
export {
  ConnectProvider,
  type ConnectProviderProps,
  type HubComponent,
  type HubProps,
} from './connect-provider.js';
export { type Connect, type UseConnectOptions, useConnect } from './use-connect.js';
export { type UseIntegrations, type UseIntegrationsOptions, useIntegrations } from './use-integrations.js';
export { type LinkedAccounts, useLinkedAccounts } from './use-linked-accounts.js';
