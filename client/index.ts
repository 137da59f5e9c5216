export { type ConnectClient, type ConnectClientOptions, createConnectClient } from './connect-client.js';
export {
  type ConnectFlow,
  type ConnectFlowOptions,
  type ConnectRequest,
  type ConnectState,
  createConnectFlow,
  type HubSession,
} from './connect-flow.js';
export { describeFailure, type FailureMessage, type Retry } from './describe-failure.js';
export {
  ConnectError,
  type ConnectFailure,
  type LinkedAccount,
  type ServerErrorCode,
  serverErrorCodes,
  toFailure,
  type UserError,
} from './failure.js';
export * from './generated/operations.js';
export { getSdk, type Sdk } from './generated/sdk.js';
export { attachHub, type HubElementOptions, loadHub } from './hub-element.js';
