import Sequencer from '@jest/test-sequencer';

/** With two workers the longest files must not come last: the other worker would wait. */
const slow = [
  'demo-page',
  'isolation',
  'resilience-breaker',
  'upstream-errors',
  'emulator-hub',
  'package',
  'connect-library',
  'slow-clients',
  'process',
];

/** 0 for the slowest; those that are not named come after all that are. */
const rank = ({ path }) => {
  const index = slow.findIndex((name) => path.includes(name));
  return index < 0 ? slow.length : index;
};

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default class SlowestFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b));
  }
}
