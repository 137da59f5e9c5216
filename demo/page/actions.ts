import type { Category } from '../../client/src/index.js';
import type { Account, Target } from './state.js';

/** What the person can do. The templates say when; `main.ts` says what happens. */
export interface Actions {
  readonly search: (text: string) => void;
  readonly choose: (category: Category | null) => void;
  readonly clearFilters: () => void;
  readonly read: () => void;
  readonly connect: (target: Target) => void;
  readonly nameAccount: (label: string) => void;
  readonly retryConnect: () => void;
  readonly closeConnect: () => void;
  readonly askToRemove: (account: Account) => void;
  readonly remove: () => void;
  readonly closeRemoval: () => void;
  readonly closeToast: () => void;
}
