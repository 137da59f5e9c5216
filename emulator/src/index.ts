export type { Fault } from './faults.js';
export type { RequestRecord } from './history.js';
export { PROVIDERS, type Provider } from './providers.js';
export { DEFAULT_SETTINGS, type Settings } from './settings.js';
export { type Emulator, type EmulatorOptions, startEmulator } from './start-emulator.js';
export type { Account, AccountPatch, AccountSeed, StatusReason } from './store.js';
