import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, Info, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { Category, ProviderAvailability } from '../../domain/provider.js';
import type { GraphQLContext } from '../context.js';
import { selects } from '../operations/selection.js';

registerEnumType(Category, {
  name: 'Category',
  description: 'A kind of system.',
  valuesConfig: {
    ATS: { description: 'Applicant tracking systems (recruiting).' },
    HRIS: { description: 'Human resources information systems.' },
    HRIS_LEGACY: { description: 'Human resources information systems, with StackOne’s earlier connectors.' },
    CRM: { description: 'Customer relationship management.' },
    IAM: { description: 'Identity and access management.' },
    MARKETING: { description: 'Marketing.' },
    LMS: { description: 'Learning management systems.' },
    STACKONE: { description: 'StackOne’s own connectors.' },
    DOCUMENTS: { description: 'Documents and files.' },
    TICKETING: { description: 'Tickets and issues.' },
    SCREENING: { description: 'Background checks and assessments.' },
    MESSAGING: { description: 'Messages and chat.' },
    ACCOUNTING: { description: 'Accounting.' },
    SCHEDULING: { description: 'Calendars and appointments.' },
  },
});

registerEnumType(ProviderAvailability, {
  name: 'ProviderAvailability',
  description: 'Whether the caller’s customer can connect a provider.',
  valuesConfig: {
    AVAILABLE: { description: 'The provider can be connected.' },
    NOT_ALLOWED: { description: 'The plan of the customer does not include the provider.' },
    LIMIT_REACHED: {
      description: 'The customer has as many linked accounts as its plan allows. Linked accounts can be re-linked.',
    },
  },
});

@ObjectType('Provider', {
  simpleResolvers: true,
  description: 'A system that customers can connect, such as BambooHR.',
})
export class ProviderType {
  @Field(() => String, {
    description: 'Key of the provider, such as `bamboohr`. Arguments named `provider` take it.',
  })
  key!: string;

  @Field(() => String, { description: 'Name to display.' })
  name!: string;

  @Field(() => [Category], { description: 'The categories of the provider. Can be empty.' })
  categories!: readonly Category[];

  @Field(() => String, {
    nullable: true,
    description: 'Logo to display: an `https:` or `data:` URL. Null if the provider has none that can be displayed.',
  })
  logoUrl!: string | null;

  @Field(() => ProviderAvailability, {
    description:
      'Whether the caller’s customer can connect the provider. Does not depend on `Viewer.canManage`. If the plan limits the number of accounts, the server reads the accounts once for all providers of a query.',
  })
  availability!: ProviderAvailability;
}

@Resolver(() => ProviderType)
export class ProviderResolver {
  @Query(() => [ProviderType], {
    description:
      'Lists the providers that are enabled in the StackOne project, sorted by name. The list is the same for all customers, except for `availability` and `linkedAccounts`.',
  })
  async providers(
    @Ctx() { stackone }: GraphQLContext,
    @Arg('category', () => Category, {
      nullable: true,
      description: 'Returns only providers of this category. If absent, returns all providers.',
    })
    category: Category | null,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly ProviderType[]> {
    return stackone.providers(category ?? undefined, () => selects(info, 'availability'));
  }
}
