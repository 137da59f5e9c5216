'use client';

export { ConnectButton, type ConnectButtonProps } from './connect-button.js';
export {
  ConnectProvider,
  type ConnectProviderProps,
  type HubComponent,
  type HubProps,
} from './connect-provider.js';
export type { DialogPart } from './dialog-parts.js';
export { type ConnectLabels, defaultLabels } from './labels.js';
export { type Connect, type UseConnectOptions, useConnect } from './use-connect.js';
export { type LinkedAccounts, useLinkedAccounts } from './use-linked-accounts.js';
