import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, createUnionType, Field, Info, ObjectType, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../context.js';
import { LinkedAccountType } from '../types/linked-account.js';
import { ProviderType } from '../types/provider.js';
import { type Entity, Representation, readEntities } from './entities.js';
import { printSubgraph } from './print-subgraph.js';

const EntityType = createUnionType({
  name: '_Entity',
  description: 'A type with a key, which other subgraphs can reference.',
  types: () => [LinkedAccountType, ProviderType] as const,
  resolveType: (entity: LinkedAccountType | ProviderType) =>
    'providerKey' in entity ? LinkedAccountType : ProviderType,
});

@ObjectType('_Service', { simpleResolvers: true, description: 'This subgraph.' })
class ServiceType {
  @Field(() => String, { description: 'The schema with the directives of the federation.' })
  sdl!: string;
}

/**
 * The two fields by which a router uses the schema as a subgraph
 * (https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec).
 */
@Resolver()
export class SubgraphResolver {
  @Query(() => [EntityType], {
    nullable: 'items',
    description:
      'Returns entities by their keys, at most 25. Null for an entity that does not exist, belongs to another customer, or whose key is malformed.',
  })
  _entities(
    @Ctx() context: GraphQLContext,
    @Arg('representations', () => [Representation], { description: 'References to the entities.' })
    representations: readonly unknown[],
  ): Promise<readonly (Entity | Error | null)[]> {
    return readEntities(representations, context);
  }

  @Query(() => ServiceType, { description: 'Returns this subgraph. Refused while introspection is off.' })
  _service(@Info() { schema }: GraphQLResolveInfo): ServiceType {
    return { sdl: printSubgraph(schema) };
  }
}
