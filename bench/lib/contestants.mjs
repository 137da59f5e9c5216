/**
 * The implementations in the order of the tables.
 * @typedef {object} Contestant
 * @property {string} title
 * @property {'limit' | 'ours' | 'same guards' | 'no guards'} guards whether it does the same work
 * @property {readonly string[]} packages that determine the results
 * @property {readonly string[]} [flags] of Node.js
 * @property {readonly import('./operations.mjs').OperationName[]} operations
 * @property {string} [host] the same server without this package
 */

/** @type {Contestant['operations']} */
const all = ['session', 'default', 'confirm', 'page'];
/** The page runs in a process for each size of the catalog. @type {Contestant['operations']} */
const withoutPage = ['session', 'default', 'confirm'];
const guardPackages = [
  '@fastify/rate-limit',
  '@fastify/helmet',
  '@fastify/cors',
  '@fastify/under-pressure',
  '@escape.tech/graphql-armor',
  'cockatiel',
  'fast-jwt',
  'pino',
  'prom-client',
  'zod',
];
// The same flag as in `npm start` and the README, also for the implementations with the same guards.
const flags = ['--max-semi-space-size=4'];

/** @type {ReadonlyMap<string, Contestant>} */
export const contestants = new Map([
  [
    'limit',
    { title: 'the limit: node:http and undici’s Pool', guards: 'limit', packages: ['undici'], operations: all },
  ],
  ['ours', { title: 'this package', guards: 'ours', packages: [], flags, operations: all }],
  [
    'mercurius-guarded',
    {
      title: 'Mercurius with its JIT and packages for the guards',
      guards: 'same guards',
      packages: ['mercurius', 'fastify', 'undici', ...guardPackages],
      flags,
      operations: all,
    },
  ],
  [
    'apollo-guarded',
    {
      title: 'Apollo on Fastify with packages for the guards',
      guards: 'same guards',
      packages: ['@apollo/server', '@as-integrations/fastify', 'fastify', 'undici', ...guardPackages],
      flags,
      operations: all,
    },
  ],
  [
    'ours-fastify',
    {
      title: 'this package in Apollo on Fastify',
      guards: 'ours',
      packages: ['@apollo/server', '@as-integrations/fastify', 'fastify'],
      operations: all,
      host: 'apollo-fastify',
    },
  ],
  [
    'ours-express',
    {
      title: 'this package in Apollo on Express',
      guards: 'ours',
      packages: ['@apollo/server', '@as-integrations/express5', 'express'],
      operations: withoutPage,
      host: 'apollo-express',
    },
  ],
  [
    'mercurius',
    {
      title: 'Mercurius with its JIT',
      guards: 'no guards',
      packages: ['mercurius', 'fastify', 'undici'],
      operations: all,
    },
  ],
  [
    'apollo-fastify',
    {
      title: 'Apollo on Fastify',
      guards: 'no guards',
      packages: ['@apollo/server', '@as-integrations/fastify', 'fastify', 'undici'],
      operations: all,
    },
  ],
  [
    'apollo-express',
    {
      title: 'Apollo on Express',
      guards: 'no guards',
      packages: ['@apollo/server', '@as-integrations/express5', 'express', 'undici'],
      operations: withoutPage,
    },
  ],
  [
    'yoga',
    { title: 'GraphQL Yoga', guards: 'no guards', packages: ['graphql-yoga', 'undici'], operations: withoutPage },
  ],
  [
    'afternoon',
    {
      title: 'an afternoon’s work: Apollo standalone, datasource-rest',
      guards: 'no guards',
      packages: ['@apollo/server', '@apollo/datasource-rest'],
      operations: ['session'],
    },
  ],
  [
    'guide',
    {
      title: 'the guide’s handler: Express, fetch, no GraphQL',
      guards: 'no guards',
      packages: ['express'],
      operations: ['session'],
    },
  ],
  [
    'sdk',
    {
      title: 'StackOne’s SDK behind Apollo on Fastify',
      guards: 'no guards',
      packages: ['@stackone/stackone-client-ts', '@apollo/server', '@as-integrations/fastify', 'fastify'],
      operations: ['session'],
    },
  ],
]);

/** @param {string} name */
export function titleOf(name) {
  return contestants.get(name)?.title ?? name;
}

/** Those that can do an operation. @param {readonly string[]} names @param {import('./operations.mjs').OperationName} operation */
export function capableOf(names, operation) {
  return names.filter((name) => contestants.get(name)?.operations.includes(operation));
}
