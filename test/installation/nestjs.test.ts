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

/** The code of docs/embedding.md: the module, and the routes of account events. */
const [moduleCode = '', routesCode = ''] = ['GraphQLModule', 'NestFactory'].map((name) =>
  codeBlocks('docs/embedding.md', 'js').find((code) => code.includes(name)),
);

/** The same module for a project that cannot wait for `startConnect` at its top level. */
const asyncModuleCode = `
const graphqlModule = GraphQLModule.forRootAsync({
  driver: ApolloDriver,
  useFactory: async () => {
    const connect = await connecting;
    ${moduleCode.replace('const graphqlModule = GraphQLModule.forRoot({', 'return {').replace('});\n', '};')}
  },
});`;

/** A NestJS app with a query of its own, without the syntax of decorators. */
const app = (module: string) => `
class News {
  news() {
    return 'News';
  }
}
Resolver()(News);
Query(() => String)(News.prototype, 'news', Object.getOwnPropertyDescriptor(News.prototype, 'news'));
const starting = startEmulator();
const connecting = starting.then(({ apiKey, url: baseUrl, settings }) =>
  startConnect({
    apiKey,
    baseUrl,
    webhookSecret: settings.webhookSecret,
    production: false,
    logLevel: 'silent',
    getOwner: ({ headers }) => (headers['x-session'] === 'ada' ? { id: 'org_acme', name: 'Acme Corporation' } : null),
  }),
);
${module}
class AppModule {}
Module({ imports: [graphqlModule], providers: [News] })(AppModule);`;

const requests = `
const url = await app.getUrl();
const post = (path, query, user, headers) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session': user, ...headers },
    body: JSON.stringify({ query }),
  });
const session = 'createConnectSession(provider: "bamboohr") { mode }';
const results = [];
for (const [user, query] of [
  ['nobody', '{ news }'],
  ['nobody', '{ viewer { ownerId } }'],
  ['ada', '{ news viewer { ownerId } }'],
  ['ada', \`mutation { \${session} }\`],
  ['ada', \`mutation { a: \${session} b: \${session} }\`],
]) {
  const response = await post('/graphql', query, user);
  const { data, errors } = await response.json();
  results.push([response.status, data ?? errors[0].extensions.code]);
}
const emulator = await starting;
emulator.settings.webhookUrl = url + '/webhooks/stackone';
const accept = { accept: 'text/event-stream' };
const stream = await post('/graphql/stream', 'subscription { linkedAccountChanged { kind } }', 'ada', accept);
emulator.addAccount({ provider: 'bamboohr', origin_owner_id: 'org_acme', origin_owner_name: 'Acme Corporation' });
let events = '';
for await (const chunk of stream.body) {
  events += Buffer.from(chunk).toString();
  if (events.includes('LINKED')) {
    break;
  }
}
console.log(JSON.stringify(results));
await app.close();
await connect.stop();
await emulator.stop();`;

const startCode = routesCode
  .replace('create(AppModule)', 'create(AppModule, { logger: false })')
  .replace('listen(3000)', "listen(0, '127.0.0.1')");
const names = {
  'reflect-metadata': '',
  '@nestjs/common': 'Module',
  '@nestjs/core': 'NestFactory',
  '@nestjs/apollo': 'ApolloDriver',
  '@nestjs/graphql': 'GraphQLModule, Query, Resolver',
  '@graphql-tools/schema': 'mergeSchemas',
  'stackone-connect-graphql': 'startConnect',
  'stackone-emulator': 'startEmulator',
};
const imports = Object.entries(names).map(([path, text]) => `import { ${text} } from '${path}';`);
const requires = Object.entries(names).map(([path, text]) => `const { ${text} } = require('${path}');`);

const hosts = {
  'host.mjs': [...imports, app(`const connect = await connecting;\n${moduleCode}`), startCode, requests],
  'host.cjs': [
    ...requires,
    app(asyncModuleCode),
    `(async () => { const connect = await connecting; ${startCode} ${requests} })();`,
  ],
};

it.each(Object.entries(hosts))(
  'a NestJS app in %s serves the schema of this package with its own, with the owner, the limits and the status of each, and account events',
  async (file, code) => {
    project.write(file, code.join('\n'));
    expect(JSON.parse(await project.run('node', [file]))).toEqual([
      [200, { news: 'News' }],
      [401, 'UNAUTHENTICATED'],
      [200, { news: 'News', viewer: { ownerId: 'org_acme' } }],
      [200, { createConnectSession: { mode: 'LINK' } }],
      [400, 'GRAPHQL_VALIDATION_FAILED'],
    ]);
  },
  60_000,
);
