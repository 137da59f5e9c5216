import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorkshop, HostProject, type Workshop } from '../support/host-project.js';

let workshop: Workshop;
let project: HostProject;
beforeAll(async () => {
  workshop = await createWorkshop();
  project = new HostProject(workshop, { private: true });
  const packages = ['stackone-connect-graphql', 'stackone-connect-client', 'stackone-emulator'];
  const host = [
    '@apollo/server@5',
    'graphql@16',
    'react@19',
    'react-dom@19',
    'type-graphql@2.0.0-rc.4',
    'graphql-scalars@1',
  ];
  const tools = ['jest@30', 'ts-jest@29', 'typescript@5.4', '@types/jest@30', '@types/node@20', '@types/react@19'];
  await project.add('npm', [...packages, ...host, ...tools]);
  project.write('server.test.ts', serverTest);
  project.write('client.test.ts', clientTest);
}, 300_000);
afterAll(() => {
  project.remove();
  workshop.remove();
});

/** What `tsc --init` of TypeScript 5 and NestJS write for CommonJS. */
const strict = { target: 'es2022', strict: true, esModuleInterop: true, noEmit: true, types: ['jest', 'node'] };

describe('A host app in CommonJS', () => {
  it.each([
    ['commonjs', 'node10'],
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
  ])(
    'compiles with TypeScript 5.4, the types of all libraries included: %s, %s',
    async (module, moduleResolution) => {
      const compilerOptions = { ...strict, module, moduleResolution };
      project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['server.test.ts'] }));
      expect(await project.run('node_modules/.bin/tsc', ['-p', '.'])).toBe('');
      // graphql-request, which the client uses, has no types for CommonJS.
      const skipLibCheck = { ...compilerOptions, skipLibCheck: true };
      project.write('tsconfig.json', JSON.stringify({ compilerOptions: skipLibCheck, files: ['client.test.ts'] }));
      expect(await project.run('node_modules/.bin/tsc', ['-p', '.'])).toBe('');
    },
    120_000,
  );

  it('is tested with Jest without options of Node.js, with its own TypeGraphQL', async () => {
    project.write('jest.config.js', "module.exports = { preset: 'ts-jest', testEnvironment: 'node' };");
    const compilerOptions = { ...strict, module: 'commonjs', moduleResolution: 'node10', experimentalDecorators: true };
    project.write('tsconfig.json', JSON.stringify({ compilerOptions }));
    expect(await project.run('node_modules/.bin/jest', ['--verbose', '--json'])).toContain('"numPassedTests":3');
  }, 120_000);
});

const serverTest = `
import { ApolloServer } from '@apollo/server';
import { type Connect, ConfigError, startConnect } from 'stackone-connect-graphql';
import { type Emulator, startEmulator } from 'stackone-emulator';

// Not imported, because its types have errors of their own.
const { getMetadataStorage } = require('type-graphql');

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.stop());

test('a token, although the host app clears the storage of its TypeGraphQL', async () => {
  getMetadataStorage().clear();
  const { apiKey, url: baseUrl } = emulator;
  const getOwner = () => ({ id: 'acme', name: 'Acme' });
  const options = { apiKey, baseUrl, production: false, logLevel: 'silent', getOwner } as const;
  const connect: Connect<Request> = await startConnect<Request>(options);
  const apollo = new ApolloServer(connect.apolloOptions);
  const { body } = await apollo.executeOperation(
    { query: 'mutation { createConnectSession { token } }' },
    { contextValue: await connect.createContext(new Request('http://127.0.0.1')) },
  );
  expect(JSON.stringify(body)).toMatch(/"token":"[\\w-]{43}"/);
  await apollo.stop();
  await connect.stop();
});

test('an error of the package is one of its class', async () => {
  await expect(startConnect({ apiKey: '', getOwner: () => null })).rejects.toThrow(ConfigError);
});
`;

const clientTest = `
import { createConnectClient, toFailure } from 'stackone-connect-client';
import { ConnectButton } from 'stackone-connect-client/react';
import 'stackone-connect-client/elements';

test('the entries of the client', async () => {
  const client = createConnectClient({ url: 'http://127.0.0.1:1/graphql' });
  const failure = await client.sdk.integrations().catch(toFailure);
  expect([failure, ConnectButton]).toEqual([{ kind: 'unreachable' }, expect.anything()]);
});
`;
