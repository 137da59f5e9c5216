/** How much is measured: about thirteen minutes, for figures that are published. */
export const fullPlan = {
  /** The next request is sent when one is answered, on so many connections. */
  concurrency: 16,
  fewOwners: 10,
  manyOwners: 10_000,
  startRounds: 5,
  /** It takes as many until Node has compiled what is worth it, and a fast server looks slow before. */
  warmUpRequests: 10_000,
  closedRounds: 9,
  closedRequests: 2_500,
  /** Before each measurement: a server that had nothing to do has cold caches. */
  leadInRequests: 300,
  /** Requests a second, sent by the clock. */
  rates: [50, 200],
  /** And once more while StackOne takes so long. */
  slowUpstreamMs: 20,
  slowRate: 200,
  openRounds: 5,
  openSeconds: 3,
  growthRounds: 7,
  profiledRequests: 10_000,
};

/** @typedef {typeof fullPlan} Plan */

/** About a minute, to see whether a change helps. No growth, and the rest is rough. @type {Plan} */
export const quickPlan = {
  ...fullPlan,
  startRounds: 1,
  warmUpRequests: 3_000,
  closedRounds: 4,
  closedRequests: 700,
  rates: [200],
  openRounds: 1,
  openSeconds: 1,
  growthRounds: 0,
  profiledRequests: 4_000,
};
