import { ConnectIntegrations } from './connect-integrations.js';
import type { ConnectIntegrationsElement } from './element-properties.js';

// On a server, Lit has a registry of its own. Two copies of this package can be on a page.
if (customElements.get('connect-integrations') === undefined) {
  customElements.define('connect-integrations', ConnectIntegrations);
}

declare global {
  interface HTMLElementTagNameMap {
    'connect-integrations': ConnectIntegrationsElement;
  }
}
