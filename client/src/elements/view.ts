import type { Integrations } from '../integrations/create-integrations.js';
import type { IntegrationsState } from '../integrations/state.js';
import type { ConnectLabels } from '../labels/labels.js';

/** What the templates need. */
export interface View {
  readonly state: IntegrationsState;
  readonly integrations: Integrations;
  readonly labels: ConnectLabels;
  readonly requestIntegration: ((search: string) => void) | null;
  /** An id that is unique in the document. */
  readonly id: (name: string) => string;
}
