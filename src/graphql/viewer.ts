import { Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from './context.js';

@ObjectType({ simpleResolvers: true, description: 'Who the access token says is asking.' })
class Viewer {
  @Field(() => ID, {
    description: 'The customer, as the product knows it. Every account in this schema is its own.',
  })
  ownerId!: string;

  @Field(() => String, { description: 'The customer’s name.' })
  ownerName!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The person who is signed in, such as an e-mail address.',
  })
  username!: string | null;
}

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: 'Who the access token says is asking.' })
  viewer(@Ctx() { owner }: GraphQLContext): Viewer {
    return { ownerId: owner.id, ownerName: owner.name, username: owner.username };
  }
}
