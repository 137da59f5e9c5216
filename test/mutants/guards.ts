import { authGuards } from './auth-guards.js';
import { clientGuards } from './client-guards.js';
import { configGuards } from './config-guards.js';
import { doctorGuards } from './doctor-guards.js';
import { egressGuards } from './egress-guards.js';
import { eventsGuards } from './events-guards.js';
import { graphqlGuards } from './graphql-guards.js';
import { httpGuards } from './http-guards.js';
import { linkingGuards } from './linking-guards.js';
import { stackoneGuards } from './stackone-guards.js';

/** A guard, the code without it, and the tests that must fail without it. */
export interface Mutant {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly guard: string;
  readonly without: string;
  /** Path pattern below `test/`, as Jest accepts it. */
  readonly noticedBy: string;
}

/** Guards of the server, the demo and the client. `npm run mutants` removes them one at a time. */
export const mutants: readonly Mutant[] = [
  ...authGuards,
  ...configGuards,
  ...doctorGuards,
  ...egressGuards,
  ...eventsGuards,
  ...graphqlGuards,
  ...httpGuards,
  ...linkingGuards,
  ...stackoneGuards,
  ...clientGuards,
];
