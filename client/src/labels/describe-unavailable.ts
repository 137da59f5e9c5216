import type { IntegrationsQuery } from '../generated/operations.js';
import { defaultLabels } from './en.js';
import type { ConnectLabels } from './labels.js';

type Viewer = Pick<IntegrationsQuery['viewer'], 'canManage'>;
type Provider = Pick<IntegrationsQuery['providers'][number], 'availability'>;

/**
 * Why the viewer cannot connect a provider, for a disabled button. Null: the viewer can.
 * @param labels Default: in English
 */
export function describeUnavailable(
  { canManage }: Viewer,
  { availability }: Provider,
  { unavailable }: Pick<ConnectLabels, 'unavailable'> = defaultLabels,
): string | null {
  if (!canManage) {
    return unavailable.NO_PERMISSION;
  }
  return availability === 'AVAILABLE' ? null : unavailable[availability];
}
