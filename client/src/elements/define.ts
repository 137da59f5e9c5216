import { ConnectIntegrations } from './connect-integrations.js';
import type { ConnectIntegrationsElement } from './element-properties.js';

// Not on a server. Two copies of this package can be on a page.
if (typeof customElements !== 'undefined' && customElements.get('connect-integrations') === undefined) {
  customElements.define('connect-integrations', ConnectIntegrations);
}

declare global {
  interface HTMLElementTagNameMap {
    'connect-integrations': ConnectIntegrationsElement;
  }
}
