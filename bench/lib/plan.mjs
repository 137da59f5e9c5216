/** The plan for published results. Takes about 13 minutes. */
export const fullPlan = {
  /** Number of connections in the closed loop. Each one sends its next request after the response to the last one. */
  concurrency: 16,
  fewOwners: 10,
  manyOwners: 10_000,
  startRounds: 5,
  /** Number of requests until Node.js has compiled the hot code. Before that, a fast server looks slow. */
  warmUpRequests: 10_000,
  closedRounds: 9,
  closedRequests: 2_500,
  /** Requests before each measurement, because an idle server has cold caches. */
  leadInRequests: 300,
  /** Requests per second in the open loop. */
  rates: [50, 200],
  /** Response time of the upstream, in milliseconds, in an additional measurement at `slowRate`. */
  slowUpstreamMs: 20,
  slowRate: 200,
  openRounds: 5,
  openSeconds: 3,
  growthRounds: 7,
  profiledRequests: 10_000,
};

/** @typedef {typeof fullPlan} Plan */

/** Takes about one minute, to check whether a change helps. Approximate results, no growth. @type {Plan} */
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
