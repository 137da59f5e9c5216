export { type App, type AppOptions, startApp } from './app.js';
export type { GetOwner } from './auth/identify.js';
export type { Login, Owner } from './auth/owner.js';
export {
  type Config,
  ConfigError,
  type DemoConfig,
  loadConfig,
  Secret,
} from './config.js';
export { type Connect, type ConnectApolloOptions, type ConnectOptions, startConnect } from './connect.js';
export type { ConnectSettings } from './connect-settings.js';
export { type ErrorCode, errorCodes } from './errors.js';
export type { GraphQLContext } from './graphql/context.js';
export { createConnectSchema } from './graphql/schema.js';
export type { Logger } from './logger.js';
export { StackOneDataSource } from './stackone/stackone-data-source.js';
