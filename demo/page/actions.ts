import type { Category } from '../../client/src/index.js';
import type { Account, Target } from './state.js';

/** The user's actions. The templates call them; `main.ts` implements them. */
export interface Actions {
  readonly search: (text: string) => void;
  readonly selectCategory: (category: Category | null) => void;
  readonly clearFilters: () => void;
  readonly reload: () => void;
  readonly connect: (target: Target) => void;
  readonly openNaming: () => void;
  readonly nameAccount: (label: string) => void;
  readonly retryConnect: () => void;
  readonly closeConnect: () => void;
  readonly openRemoval: (account: Account) => void;
  readonly remove: () => void;
  readonly closeRemoval: () => void;
  readonly closeToast: () => void;
  readonly breakAccount: () => void;
}
