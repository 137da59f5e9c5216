export type { Fault } from './faults.js';
export type { RequestRecord } from './history.js';
export { type Provider, providers } from './providers.js';
export { defaultSettings, type Settings } from './settings.js';
export { type Emulator, type EmulatorOptions, startEmulator } from './start-emulator.js';
export type { Account, AccountPatch, AccountSeed, StatusReason } from './store.js';
