import { contestants } from './contestants.mjs';
import { startChild } from './process.mjs';
import { createKeys } from './tokens.mjs';

/** @typedef {Awaited<ReturnType<typeof startBench>>} Bench */
/** @typedef {import('./process.mjs').Child & { readonly url: string }} Server */

/**
 * Starts what all measurements share: the upstream server and the load generator.
 * @param {number} owners
 */
export async function startBench(owners) {
  const { publicKey, privateKey } = createKeys();
  /** @type {import('./process.mjs').ReadyChild<{ url: string }>} */
  const upstream = await startChild(new URL('upstream.mjs', import.meta.url));
  const load = await startChild(new URL('load.mjs', import.meta.url), {
    PRIVATE_KEY: privateKey,
    OWNERS: String(owners),
  });
  const env = { UPSTREAM: upstream.ready.url, PUBLIC_KEY: publicKey };
  return {
    upstream,
    load,
    /**
     * @param {string} name
     * @param {readonly string[]} [prefix]
     * @returns {Promise<Server>}
     */
    startContestant: async (name, prefix) => {
      const script = new URL(`../contestants/${name}.mjs`, import.meta.url);
      /** @type {import('./process.mjs').ReadyChild<{ url: string }>} */
      const child = await startChild(script, env, { prefix, flags: contestants.get(name)?.flags });
      return { ...child, url: child.ready.url };
    },
    stop: async () => {
      await load.stop();
      await upstream.stop();
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
