/** Tests are TypeScript and ESM: swc strips the types, and gives decorators the metadata that tsc would. */
const swc = (parser) => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', ...parser },
      transform: {
        legacyDecorator: true,
        decoratorMetadata: true,
        useDefineForClassFields: false,
        react: { runtime: 'automatic' },
      },
    },
    module: { type: 'es6' },
  },
];

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // They need browsers, or install packages: npm run test:browser, test:engines, test:examples and test:installation.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...['browser', 'engines', 'examples', 'installation'].map((name) => `<rootDir>/test/${name}/`),
  ],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': swc({ decorators: true }), '^.+\\.tsx$': swc({ tsx: true }) },
  // A shared machine can stand still for half a minute; a test that waits for something has its own, shorter limit.
  testTimeout: 60_000,
  // More than cores: most of a test's time is waiting, for a deadline or a process.
  maxWorkers: 4,
  // ES modules of earlier test files stay in the memory of a worker, where each garbage collection looks at them.
  workerIdleMemoryLimit: '400MB',
  testSequencer: '<rootDir>/test/support/slowest-first.mjs',
};
