import { parentPort } from 'node:worker_threads';
import { type Fault, startEmulator } from '../emulator/src/index.js';

/** The emulator of `scripts/abuse.ts` in a thread of its own, so that its work does not delay what is measured. */

/** What the emulator has for one phase. */
export interface Seed {
  readonly owners: readonly { readonly id: string; readonly accounts: number }[];
  readonly faults: readonly Fault[];
}

const manyTimes = 1_000_000;
const emulator = await startEmulator();
parentPort?.on('message', ({ owners, faults }: Seed) => {
  // Also because the history grows with each call.
  emulator.reset();
  for (const { id, accounts } of owners) {
    for (let account = 0; account < accounts; account++) {
      emulator.addAccount({ provider: 'bamboohr', origin_owner_id: id, origin_owner_name: id });
    }
  }
  for (const fault of faults) {
    emulator.failNext(fault, manyTimes);
  }
  parentPort?.postMessage('seeded');
});
parentPort?.postMessage({ url: emulator.url, apiKey: emulator.apiKey });
