import { ApolloGateway, RemoteGraphQLDataSource, type SupergraphManager } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { assertCompositionSuccess, composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { type GraphQLResponse, post } from './test-env.js';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])';

/** Two subgraphs of other teams. They have types of the same names, and fields of their own on ours. */
const otherSdl = {
  employees: `${link}
    type Query { employees: EmployeeConnection! viewer: Viewer! @shareable }
    type Viewer { team: String! }
    type EmployeeConnection { nodes: [Employee!]! pageInfo: PageInfo! }
    type PageInfo @shareable {
      hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String
    }
    scalar DateTime
    type Employee { name: String! hiredAt: DateTime! source: LinkedAccount }
    type LinkedAccount @key(fields: "id") { id: ID! employeeCount: Int! }`,
  billing: `${link}
    type Query { plans: [Plan!]! }
    type Plan { name: String! provider: Provider }
    type Provider @key(fields: "key") { key: String! monthlyPrice: Int! }`,
} as const;

interface EntityReference {
  readonly __typename: string;
}

/** A subgraph of another team, with entities that are made from their keys. */
async function startOther(sdl: string, entity: string, query: Record<string, () => unknown>, fields: object) {
  const schema = makeExecutableSchema({
    typeDefs: `${sdl}
      scalar _Any union _Entity = ${entity} type _Service { sdl: String! }
      extend type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! }`,
    assumeValidSDL: true,
    resolvers: {
      Query: {
        ...query,
        _entities: (_: unknown, { representations }: { representations: EntityReference[] }) =>
          representations.map((representation) => ({ ...representation, ...fields })),
        _service: () => ({ sdl }),
      },
      _Entity: { __resolveType: ({ __typename }: EntityReference) => __typename },
    },
  });
  const server = new ApolloServer({ schema, plugins: [ApolloServerPluginInlineTraceDisabled()] });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
  return { url, stop: () => server.stop() };
}

export interface OtherSubgraphs {
  readonly services: readonly { readonly name: keyof typeof otherSdl; readonly url: string }[];
  stop(): Promise<void>;
}

/** @param accountIds the employees come from these linked accounts */
export async function startOtherSubgraphs(accountIds: () => readonly string[]): Promise<OtherSubgraphs> {
  const hiredAt = '2026-01-01T00:00:00.000Z';
  const nodes = () =>
    accountIds().map((id, index) => ({ name: `Employee ${index}`, hiredAt, source: { id, employeeCount: 7 } }));
  const pageInfo = { hasNextPage: false, hasPreviousPage: false };
  const employees = await startOther(
    otherSdl.employees,
    'LinkedAccount',
    { employees: () => ({ nodes: nodes(), pageInfo }), viewer: () => ({ team: 'Platform' }) },
    { employeeCount: 7 },
  );
  const plans = ['bamboohr', 'unknown'].map((key) => ({ name: `Plan ${key}`, provider: { key, monthlyPrice: 9 } }));
  const billing = await startOther(otherSdl.billing, 'Provider', { plans: () => plans }, { monthlyPrice: 9 });
  return {
    services: [
      { name: 'employees', url: employees.url },
      { name: 'billing', url: billing.url },
    ],
    stop: async () => {
      await employees.stop();
      await billing.stop();
    },
  };
}

/** The supergraph of these subgraphs and ours, from files: no server is asked. */
export function composeSupergraph(url: string, sdl: string, { services }: Pick<OtherSubgraphs, 'services'>): string {
  const others = services.map((service) => ({ ...service, typeDefs: parse(otherSdl[service.name]) }));
  const result = composeServices([{ name: 'connect', url, typeDefs: parse(sdl) }, ...others]);
  assertCompositionSuccess(result);
  return result.supergraphSdl;
}

export interface Gateway {
  post(query: string, headers?: Record<string, string>): Promise<GraphQLResponse>;
  stop(): Promise<void>;
}

interface CallerContext {
  readonly authorization: string | undefined;
}

/** Apollo's gateway, which passes the `Authorization` of the caller to each subgraph, as in docs/federation.md. */
export async function startGateway(supergraphSdl: string | SupergraphManager): Promise<Gateway> {
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ url = '' }) =>
      new RemoteGraphQLDataSource<CallerContext>({
        url,
        willSendRequest: ({ request, context: { authorization } }) => {
          if (authorization !== undefined) {
            request.http?.headers.set('authorization', authorization);
          }
        },
      }),
    logger: silent,
  });
  const apollo = new ApolloServer<CallerContext>({ gateway, logger: silent });
  const { url } = await startStandaloneServer(apollo, {
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
    listen: { host: '127.0.0.1', port: 0 },
  });
  return {
    post: (query, headers = {}) => post(url.replace(/\/$/, ''), { query }, headers),
    stop: () => apollo.stop(),
  };
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
