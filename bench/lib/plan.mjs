/** The plan for published results. Takes about 25 minutes. */
export const fullPlan = {
  /** Number of connections in the closed loop. Each one sends its next request after the response to the last one. */
  concurrency: 16,
  fewOwners: 10,
  manyOwners: 10_000,
  startRounds: 3,
  /** Number of requests until Node.js has compiled the hot code. Before that, a fast server looks slow. */
  warmUpRequests: 10_000,
  closedRounds: 7,
  closedRequests: 2_000,
  /** Requests before each measurement, because an idle server has cold caches. */
  leadInRequests: 300,
  /** Providers in the catalog of StackOne. */
  catalogSize: 300,
  /** The same for the page. */
  pageCatalogSizes: [10, 100, 300, 1_000],
  pageRounds: 5,
  pageRequests: 300,
  pageLeadInRequests: 200,
  pageWarmUpRequests: 3_000,
  /** Requests per second in the open loop. */
  rate: 200,
  /** Response time of the upstream, in milliseconds, in a second measurement. */
  slowUpstreamMs: 20,
  openRounds: 5,
  openSeconds: 3,
  growthRounds: 5,
  /** The Node.js versions of the start, as packages of npm. */
  nodeVersions: ['24.21.0', '26.5.0'],
  profiledRequests: 10_000,
};

/** @typedef {typeof fullPlan} Plan */

/** Takes about two minutes, to check whether a change helps. Approximate results. @type {Plan} */
export const quickPlan = {
  ...fullPlan,
  startRounds: 1,
  warmUpRequests: 3_000,
  closedRounds: 4,
  closedRequests: 700,
  pageRounds: 3,
  pageRequests: 100,
  pageWarmUpRequests: 600,
  openRounds: 1,
  openSeconds: 1,
  growthRounds: 2,
  profiledRequests: 4_000,
};

/** The same number of rounds everywhere. @param {Plan} plan @param {number} rounds @returns {Plan} */
export function withRounds(plan, rounds) {
  return {
    ...plan,
    startRounds: rounds,
    closedRounds: rounds,
    pageRounds: rounds,
    openRounds: rounds,
    growthRounds: rounds,
  };
}
