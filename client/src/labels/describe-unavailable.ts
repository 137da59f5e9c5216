import type { IntegrationsQuery, ProviderAvailability } from '../generated/operations.js';

type Viewer = Pick<IntegrationsQuery['viewer'], 'canManage'>;
type Provider = Pick<IntegrationsQuery['providers'][number], 'availability'>;

/** Why the viewer cannot connect a provider, in plain English, for a disabled button. Null: the viewer can. */
export function describeUnavailable({ canManage }: Viewer, { availability }: Provider): string | null {
  return canManage ? reasons[availability] : 'Ask an administrator of your organization to manage connections.';
}

const reasons: Record<ProviderAvailability, string | null> = {
  AVAILABLE: null,
  NOT_ALLOWED: 'Your plan does not include this provider.',
  LIMIT_REACHED: 'Your plan does not allow further accounts.',
};
