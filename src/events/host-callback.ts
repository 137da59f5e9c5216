import type { AccountChange, OwnedChange } from '../domain/account-change.js';
import type { Observability } from '../observability/observability.js';

/** A change, and the customer that it belongs to. */
export type HostAccountChange = AccountChange & { readonly ownerId: string };
export type OnAccountChange = (change: HostAccountChange) => void | Promise<void>;

/** Calls a function of the host app. Its failure is logged, and nothing is repeated. */
export function callHost(
  onAccountChange: OnAccountChange,
  { logger, metrics }: Observability,
): (owned: OwnedChange) => void {
  return ({ ownerId, change }) => {
    const call = async () => onAccountChange({ ownerId, ...change });
    call().then(
      () => metrics.countDelivery('delivered'),
      (error: unknown) => {
        metrics.countDelivery('lost');
        const reason = error instanceof Error ? error.name : 'unknown';
        logger.error({ alert: 'event-lost', reason }, 'onAccountChange threw');
      },
    );
  };
}
