/**
 * The implementations in the order of the tables: title, packages that determine the results, and Node.js flags.
 * @type {ReadonlyMap<string, { title: string, packages: readonly string[], flags?: readonly string[] }>}
 */
export const contestants = new Map([
  ['limit', { title: 'the limit: node:http and undici’s Pool, no GraphQL', packages: ['undici'] }],
  ['mercurius', { title: 'Mercurius with its JIT, no checks', packages: ['mercurius', 'fastify', 'undici'] }],
  // The same flag as in `npm start` and the README.
  ['ours', { title: 'ours, all guards on', packages: [], flags: ['--max-semi-space-size=4'] }],
  [
    'apollo-fastify',
    {
      title: 'Apollo on Fastify, no checks',
      packages: ['@apollo/server', '@as-integrations/fastify', 'fastify', 'undici'],
    },
  ],
  ['yoga', { title: 'GraphQL Yoga, no checks', packages: ['graphql-yoga', 'undici'] }],
  [
    'afternoon',
    {
      title: 'an afternoon’s work: Apollo standalone, datasource-rest',
      packages: ['@apollo/server', '@apollo/datasource-rest'],
    },
  ],
  ['guide', { title: 'the guide’s handler: Express, fetch', packages: ['express'] }],
  [
    'sdk',
    {
      title: 'the official SDK behind Apollo on Fastify',
      packages: ['@stackone/stackone-client-ts', '@apollo/server', '@as-integrations/fastify', 'fastify'],
    },
  ],
]);

/** @param {string} name */
export function titleOf(name) {
  return contestants.get(name)?.title ?? name;
}
