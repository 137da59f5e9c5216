export * from './generated/operations.js';
export { getSdk, type Sdk } from './generated/sdk.js';
