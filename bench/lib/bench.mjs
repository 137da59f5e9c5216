import { contestants } from './contestants.mjs';
import { startChild } from './process.mjs';
import { createKeys } from './tokens.mjs';

/** @typedef {Awaited<ReturnType<typeof startBench>>} Bench */
/** @typedef {import('./process.mjs').Child & { readonly url: string }} Server */

/**
 * @typedef {object} StartOptions
 * @property {readonly string[]} [prefix] a command that starts the process, such as `taskset`
 * @property {number} [catalogSize] providers in the catalog of its StackOne
 * @property {string} [nodePath] another Node.js
 * @property {Readonly<Record<string, string>>} [env] further variables
 */

/**
 * Starts what all measurements share: the load generator, and an upstream server for each size of the catalog.
 * @param {number} owners
 * @param {Pick<import('./plan.mjs').Plan, 'catalogSize' | 'pageCatalogSizes'>} plan
 */
export async function startBench(owners, { catalogSize: usualSize, pageCatalogSizes }) {
  const { publicKey, privateKey } = createKeys();
  /** @type {Map<number, import('./process.mjs').ReadyChild<{ url: string }>>} */
  const upstreams = new Map();
  for (const size of new Set([usualSize, ...pageCatalogSizes])) {
    upstreams.set(size, await startChild(new URL('upstream.mjs', import.meta.url), { PROVIDERS: String(size) }));
  }
  const upstreamOf = (/** @type {number} */ size) => {
    const upstream = upstreams.get(size);
    if (upstream === undefined) {
      throw new Error(`There is no upstream server with ${size} providers`);
    }
    return upstream;
  };
  const load = await startChild(new URL('load.mjs', import.meta.url), {
    PRIVATE_KEY: privateKey,
    OWNERS: String(owners),
  });
  return {
    upstream: upstreamOf(usualSize),
    load,
    /**
     * @param {string} name
     * @param {StartOptions} [options]
     * @returns {Promise<Server>}
     */
    startContestant: async (name, { prefix, catalogSize = usualSize, nodePath, env = {} } = {}) => {
      const script = new URL(`../contestants/${name}.mjs`, import.meta.url);
      const variables = { UPSTREAM: upstreamOf(catalogSize).ready.url, PUBLIC_KEY: publicKey, ...env };
      /** @type {import('./process.mjs').ReadyChild<{ url: string }>} */
      const child = await startChild(script, variables, { prefix, nodePath, flags: contestants.get(name)?.flags });
      return { ...child, url: child.ready.url };
    },
    stop: async () => {
      await load.stop();
      await Promise.all([...upstreams.values()].map((child) => child.stop()));
    },
  };
}

/**
 * Measures all subjects in each round. Each round starts with another subject, so that other load on the machine
 * affects all of them equally.
 * @template Subject
 * @template Figures
 * @param {string} title
 * @param {number} rounds
 * @param {Record<string, Subject>} subjects by name
 * @param {(subject: Subject) => Promise<Figures>} measureOne
 * @returns {Promise<Record<string, Figures[]>>} by name, in the order of the rounds
 */
export async function interleave(title, rounds, subjects, measureOne) {
  const entries = Object.entries(subjects);
  /** @type {Record<string, Figures[]>} */
  const measured = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`${title}: round ${round + 1} of ${rounds}\n`);
    const first = round % entries.length;
    for (const [name, subject] of [...entries.slice(first), ...entries.slice(0, first)]) {
      measured[name]?.push(await measureOne(subject));
    }
  }
  return measured;
}
