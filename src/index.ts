export { type App, type AppOptions, startApp } from './app.js';
export { type Config, ConfigError, type DemoConfig, loadConfig, Secret } from './config.js';
export { type ErrorCode, errorCodes } from './errors.js';
export { createConnectSchema } from './graphql/schema.js';
