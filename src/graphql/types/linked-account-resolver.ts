import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { badUserInput } from '../../domain/app-error.js';
import { type LinkedAccount, LinkedAccountStatus } from '../../domain/linked-account.js';
import { type Provider, providerKeyPattern } from '../../domain/provider.js';
import type { UserError } from '../../domain/result.js';
import type { AccountPage } from '../../linking/account-list.js';
import type { GraphQLContext } from '../context.js';
import { selects } from '../operations/selection.js';
import { LinkedAccountConnection, LinkedAccountType } from './linked-account.js';
import { ProviderType } from './provider.js';
import { UserErrorType, userErrorsDescription } from './user-error.js';

@ObjectType('ConfirmLinkedAccountPayload', { simpleResolvers: true, description: 'Result of `confirmLinkedAccount`.' })
class ConfirmLinkedAccountPayload {
  @Field(() => LinkedAccountType, {
    nullable: true,
    description: 'The current state of the account. Null if and only if `userErrors` is not empty.',
  })
  account!: LinkedAccountType | null;

  @Field(() => [UserErrorType], { description: userErrorsDescription })
  userErrors!: readonly UserError[];
}

@ObjectType('DeleteLinkedAccountPayload', { simpleResolvers: true, description: 'Result of `deleteLinkedAccount`.' })
class DeleteLinkedAccountPayload {
  @Field(() => ID, {
    nullable: true,
    description: 'Id of the deleted account. Null if and only if `userErrors` is not empty.',
  })
  deletedAccountId!: string | null;

  @Field(() => [UserErrorType], { description: userErrorsDescription })
  userErrors!: readonly UserError[];
}

@ArgsType()
class LinkedAccountsArgs {
  @Field(() => String, {
    nullable: true,
    description: 'Returns only accounts of this provider. If absent, returns accounts of all providers.',
  })
  provider?: string | null;

  @Field(() => [LinkedAccountStatus], {
    nullable: true,
    description: 'Returns only accounts in one of these states. An empty list has no effect.',
  })
  status?: LinkedAccountStatus[] | null;

  @Field(() => Int, { nullable: true, defaultValue: 25, description: 'Number of accounts, 1–100.' })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Returns only accounts after this cursor: the `endCursor` of an earlier page with the same `provider` and `status`. If absent, returns the first page.',
  })
  after?: string | null;
}

@Resolver(() => LinkedAccountType)
export class LinkedAccountResolver {
  @Query(() => LinkedAccountConnection, {
    description: 'Lists the linked accounts of the caller’s customer.',
  })
  async linkedAccounts(
    @Ctx() { stackone }: GraphQLContext,
    @Args(() => LinkedAccountsArgs) { provider, status, first, after }: LinkedAccountsArgs,
  ): Promise<LinkedAccountConnection> {
    const filter = { provider: parseProvider(provider), statuses: status?.length ? [...new Set(status)] : undefined };
    const page = await stackone.linkedAccounts(filter, parseFirst(first), after ?? undefined);
    return toConnection(page, after != null);
  }

  @Query(() => LinkedAccountType, {
    nullable: true,
    description:
      'Returns one linked account. Null if the account does not exist or belongs to another customer, or if the id is malformed.',
  })
  async linkedAccount(
    @Ctx() { stackone }: GraphQLContext,
    @Arg('id', () => ID, { description: 'StackOne’s id of the account.' }) id: string,
  ): Promise<LinkedAccountType | null> {
    return stackone.linkedAccount(id);
  }

  @Mutation(() => ConfirmLinkedAccountPayload, {
    description:
      'Reads the account that the Hub reported with `success`. The event of the Hub is only a hint, so use the account that this mutation returns. Changes nothing and can be repeated.',
  })
  async confirmLinkedAccount(
    @Ctx() { stackone }: GraphQLContext,
    @Arg('accountId', () => ID, { description: 'The id that the Hub reported.' }) accountId: string,
  ): Promise<ConfirmLinkedAccountPayload> {
    const result = await stackone.confirmLinkedAccount(accountId);
    return result.ok ? { account: result.value, userErrors: [] } : { account: null, userErrors: result.userErrors };
  }

  @Mutation(() => DeleteLinkedAccountPayload, {
    description: 'Deletes a linked account and the credentials that StackOne stores for it. Can be repeated.',
  })
  async deleteLinkedAccount(
    @Ctx() { stackone }: GraphQLContext,
    @Arg('accountId', () => ID, { description: 'The account to delete.' }) accountId: string,
  ): Promise<DeleteLinkedAccountPayload> {
    const result = await stackone.deleteLinkedAccount(accountId);
    return result.ok
      ? { deletedAccountId: result.value, userErrors: [] }
      : { deletedAccountId: null, userErrors: result.userErrors };
  }

  @FieldResolver(() => ProviderType, {
    nullable: true,
    description: 'The provider of the account. Null if it is no longer enabled.',
  })
  async provider(
    @Root() account: LinkedAccount,
    @Ctx() { stackone }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProviderType | null> {
    return stackone.provider(account.providerKey, () => selects(info, 'availability'));
  }
}

/** `Provider.linkedAccounts`, which is here because `ProviderType` cannot import `LinkedAccountType` too. */
@Resolver(() => ProviderType)
export class ProviderAccountsResolver {
  @FieldResolver(() => [LinkedAccountType], {
    description:
      'The accounts of this provider that the caller’s customer has linked. The server reads the accounts once for all providers of a query.',
  })
  async linkedAccounts(
    @Root() provider: Provider,
    @Ctx() { stackone }: GraphQLContext,
  ): Promise<readonly LinkedAccountType[]> {
    return stackone.linkedAccountsOf(provider.key);
  }
}

function parseFirst(first: number | null | undefined): number {
  const value = first ?? 25;
  if (value < 1 || value > 100) {
    throw badUserInput('`first` must be from 1 to 100.');
  }
  return value;
}

function parseProvider(provider: string | null | undefined): string | undefined {
  if (provider != null && !providerKeyPattern.test(provider)) {
    throw badUserInput('`provider` must be the key of a provider, such as `bamboohr`.');
  }
  return provider ?? undefined;
}

function toConnection({ edges, hasNextPage }: AccountPage, hasPreviousPage: boolean): LinkedAccountConnection {
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
