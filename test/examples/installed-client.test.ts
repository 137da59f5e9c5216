import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type InstalledProject, installPackages } from '../support/installed-package.js';
import { codeBlocks, inPackage } from '../support/package-files.js';
import { checkTypes, resolutions, run, silentSuccess } from '../support/run-in-project.js';

let project: InstalledProject;
beforeAll(() => {
  // What every React project has.
  project = installPackages(['client'], ['react', 'react-dom', '@types/react']);
}, 60_000);
afterAll(() => project.remove());

const lib = ['ES2023', 'DOM', 'DOM.Iterable'];

describe('The client in a project with only its dependencies and React', () => {
  it.each(resolutions)(
    'strict types hold, those of all libraries included: %s',
    async (resolution) => {
      const options = { lib, types: [] };
      expect(await checkTypes(project.folder, { 'page.tsx': consumer }, resolution, options)).toEqual(silentSuccess);
    },
    60_000,
  );

  it.each([
    ['docs/client.md', 3],
    ['docs/client-browsers.md', 0],
    ['client/README.md', 1],
  ])(
    'what %s shows compiles',
    async (path, least) => {
      const blocks = ['ts', 'tsx'].flatMap((language) =>
        codeBlocks(path, language).map((code, number) => [`${number}.${language}`, code]),
      );
      expect(blocks.length).toBeGreaterThan(least);
      const options = {
        lib,
        types: [],
        skipLibCheck: true,
        // A frontend has it; what runs here must do without.
        paths: { '@stackone/hub': [inPackage('node_modules/@stackone/hub')] },
      };
      expect(await checkTypes(project.folder, Object.fromEntries(blocks), 'bundler', options)).toEqual(silentSuccess);
    },
    60_000,
  );

  it('runs all entries, also that of the element, which needs no DOM to be imported', async () => {
    const script = `
      import { createConnectClient, toFailure } from 'stackone-connect-client';
      import { ConnectButton, ConnectIntegrations, useConnect } from 'stackone-connect-client/react';
      import 'stackone-connect-client/elements';
      const client = createConnectClient({ url: 'http://127.0.0.1:1/graphql' });
      const failure = await client.sdk.integrations().catch(toFailure);
      console.log(failure.kind, typeof ConnectButton, typeof ConnectIntegrations, typeof useConnect);`;
    writeFileSync(join(project.folder, 'client.mjs'), script);
    const outcome = await run(project.folder, 'node', ['client.mjs']);
    expect(outcome).toEqual({ code: 0, stdout: 'unreachable object object function\n', stderr: '' });
  });
});

const consumer = `
import { GraphQLClient } from 'graphql-request';
import { getSdk } from 'stackone-connect-client';
import { ConnectButton, ConnectIntegrations } from 'stackone-connect-client/react';
import type { ConnectIntegrationsElement } from 'stackone-connect-client/elements';

const { createConnectSession } = await getSdk(new GraphQLClient('/graphql')).createConnectSession({ provider: 'bamboohr' });
export const token: string | null = createConnectSession.token;
export const button = <ConnectButton provider="bamboohr" />;
export const page = <ConnectIntegrations hubSrc="/hub.js" onLinked={({ providerKey }) => providerKey} />;
export const language = (element: ConnectIntegrationsElement): string | null => element.language;
`;
