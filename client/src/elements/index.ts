import './define.js';

export type {
  ConnectIntegrationsElement,
  ConnectIntegrationsEvents,
  ConnectIntegrationsProperties,
} from './element-properties.js';
