import Sequencer from '@jest/test-sequencer';

/** The longest files start first. A long file at the end would leave the other workers idle. */
const slow = [
  'examples/nextjs',
  'examples/express',
  'browser/demo-page',
  'browser/react',
  'browser/emulator-hub',
  'flow/connect-flow',
  'flow/process',
  'flow/memory',
  'flow/slow-clients',
  'flow/event-delivery',
  'flow/isolation',
  'browser/client-faults',
  'flow/overload',
  'flow/faults-',
  'flow/resilience-',
  'flow/operation-store',
  'flow/request-deadline',
  'flow/outages',
  'flow/jwks',
];

/** 0 for the slowest file. Files without a name in the list come last. */
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
