import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createWorkshop, HostProject, type Workshop } from '../support/host-project.js';
import { codeBlocks } from '../support/package-files.js';

let workshop: Workshop;
let project: HostProject;
beforeAll(async () => {
  workshop = await createWorkshop();
  project = new HostProject(workshop, { private: true, type: 'module' });
  const ours = ['stackone-connect-graphql', 'stackone-emulator', '@apollo/server@5', 'graphql@16'];
  const nest = ['common@12', 'core@12', 'platform-express@12', 'graphql@14', 'apollo@14'].map(
    (name) => `@nestjs/${name}`,
  );
  const others = ['@as-integrations/express5@1', '@graphql-tools/schema@10', 'reflect-metadata@0.2', 'rxjs@7'];
  await project.add('npm', [...ours, ...nest, ...others]);
}, 180_000);
afterAll(() => {
  project.remove();
  workshop.remove();
});

/** A NestJS app with a query of its own, without the syntax of decorators. Its module is that of docs/embedding.md. */
const host = `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApolloDriver } from '@nestjs/apollo';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { mergeSchemas } from '@graphql-tools/schema';
import { startConnect } from 'stackone-connect-graphql';
import { startEmulator } from 'stackone-emulator';

class News {
  news() {
    return 'News';
  }
}
Resolver()(News);
Query(() => String)(News.prototype, 'news', Object.getOwnPropertyDescriptor(News.prototype, 'news'));

const emulator = await startEmulator();
const connect = await startConnect({
  apiKey: emulator.apiKey,
  baseUrl: emulator.url,
  production: false,
  logLevel: 'silent',
  getOwner: ({ headers }) => (headers['x-session'] === 'ada' ? { id: 'org_acme', name: 'Acme Corporation' } : null),
});
${codeBlocks('docs/embedding.md', 'js').find((code) => code.includes('GraphQLModule'))}
class App {}
Module({ imports: [graphqlModule], providers: [News] })(App);
const app = await NestFactory.create(App, { logger: false });
await app.listen(0, '127.0.0.1');
const session = 'createConnectSession(provider: "bamboohr") { mode }';
const results = [];
for (const [user, query] of [
  ['nobody', '{ news }'],
  ['nobody', '{ viewer { ownerId } }'],
  ['ada', '{ news viewer { ownerId } }'],
  ['ada', \`mutation { \${session} }\`],
  ['ada', \`mutation { a: \${session} b: \${session} }\`],
]) {
  const response = await fetch(\`\${await app.getUrl()}/graphql\`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session': user },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  results.push([response.status, data ?? errors[0].extensions.code]);
}
console.log(JSON.stringify(results));
await app.close();
await connect.stop();
await emulator.stop();
`;

it('a NestJS app serves the schema of this package with its own, with the owner, the limits and the status of each', async () => {
  project.write('host.mjs', host);
  expect(JSON.parse(await project.run('node', ['host.mjs']))).toEqual([
    [200, { news: 'News' }],
    [401, 'UNAUTHENTICATED'],
    [200, { news: 'News', viewer: { ownerId: 'org_acme' } }],
    [200, { createConnectSession: { mode: 'LINK' } }],
    [400, 'GRAPHQL_VALIDATION_FAILED'],
  ]);
}, 60_000);
