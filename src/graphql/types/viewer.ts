import { Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../context.js';

@ObjectType('Viewer', {
  simpleResolvers: true,
  description: 'The caller: the signed-in person and the customer they belong to.',
})
class Viewer {
  @Field(() => ID, {
    description: 'Id of the customer in the host app. All accounts in this schema belong to this customer.',
  })
  ownerId!: string;

  @Field(() => String, { description: 'Name of the customer.' })
  ownerName!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The signed-in person, such as an e-mail address. Null if the sign-in does not name the person.',
  })
  username!: string | null;

  @Field(() => Boolean, {
    description:
      'Whether the person may connect, confirm and delete accounts. If false, these mutations fail with `FORBIDDEN`.',
  })
  canManage!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'How many linked accounts the plan of the customer allows. Null: any number.',
  })
  maxLinkedAccounts!: number | null;
}

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: 'Returns the caller: the signed-in person and their customer.' })
  viewer(@Ctx() { caller }: GraphQLContext): Viewer {
    const { owner, username, grants } = caller;
    return {
      ownerId: owner.id,
      ownerName: owner.name,
      username,
      canManage: grants.canManage,
      maxLinkedAccounts: grants.maxAccounts,
    };
  }
}
