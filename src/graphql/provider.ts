import { Arg, Ctx, Field, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { Category } from '../stackone/model.js';
import type { GraphQLContext } from './context.js';

registerEnumType(Category, {
  name: 'Category',
  description: 'A kind of system that can be linked.',
  valuesConfig: {
    ATS: { description: 'Applicant tracking: recruiting.' },
    HRIS: { description: 'Human resources.' },
    HRIS_LEGACY: { description: 'Human resources, by StackOne’s earlier connectors.' },
    CRM: { description: 'Customer relations.' },
    IAM: { description: 'Identity and access.' },
    MARKETING: { description: 'Marketing.' },
    LMS: { description: 'Learning.' },
    STACKONE: { description: 'StackOne’s own connectors.' },
    DOCUMENTS: { description: 'Files and documents.' },
    TICKETING: { description: 'Tickets and issues.' },
    SCREENING: { description: 'Background checks and assessments.' },
    MESSAGING: { description: 'Messages and chat.' },
    ACCOUNTING: { description: 'Accounting.' },
    SCHEDULING: { description: 'Calendars and appointments.' },
  },
});

@ObjectType('Provider', {
  simpleResolvers: true,
  description: 'A system that can be linked, such as BambooHR.',
})
export class ProviderType {
  @Field(() => String, { description: 'What `provider` takes elsewhere in this schema, such as `bamboohr`.' })
  key!: string;

  @Field(() => String, { description: 'The name to show.' })
  name!: string;

  @Field(() => [Category], { description: 'What kinds of system it is.' })
  categories!: readonly Category[];

  @Field(() => String, { nullable: true, description: 'A picture to show: an https or a data URL.' })
  logoUrl!: string | null;
}

@Resolver()
export class ProviderResolver {
  @Query(() => [ProviderType], {
    description: 'The providers that can be linked, by name. The same for every customer.',
  })
  async providers(
    @Ctx() { stackone }: GraphQLContext,
    @Arg('category', () => Category, { nullable: true, description: 'Only those of this category.' })
    category: Category | null,
  ): Promise<readonly ProviderType[]> {
    return stackone.providers(category ?? undefined);
  }
}
