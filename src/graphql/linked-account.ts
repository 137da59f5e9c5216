import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import { AppError } from '../errors.js';
import type { AccountPage } from '../stackone/account-listing.js';
import {
  type LinkedAccount,
  LinkedAccountStatus,
  type Provider,
  providerKeyPattern,
  type StatusReason,
  type UserError,
  UserErrorCode,
} from '../stackone/model.js';
import type { GraphQLContext } from './context.js';
import { ProviderType } from './provider.js';
import { DateTime } from './scalars.js';

registerEnumType(LinkedAccountStatus, {
  name: 'LinkedAccountStatus',
  description: 'The state of a linked account.',
  valuesConfig: {
    ACTIVE: { description: 'It works.' },
    INACTIVE: { description: 'It is switched off.' },
    SUSPENDED: { description: 'It is paused.' },
    ARCHIVED: { description: 'It is kept, and not used any more.' },
    EXPIRED: { description: 'Its credentials have ended: re-link it.' },
    ERROR: { description: 'It has stopped working, see `statusReasons`: re-link it.' },
    UNKNOWN: { description: 'A state that StackOne knows and this schema does not yet.' },
  },
});

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'What can be mended by the person at the screen or by the author of the page.',
  valuesConfig: {
    INVALID_INPUT: {
      description: 'An argument is not valid: `field` names it, `message` says what it takes.',
    },
    PROVIDER_NOT_ENABLED: { description: 'The provider is not among `providers`.' },
    ACCOUNT_NOT_FOUND: {
      description: 'There is no such account: malformed, unknown or not this customer’s.',
    },
    ACCOUNT_ALREADY_LINKED: {
      description: 'With `onExisting: FAIL`: there is an account of this provider, see `accounts`.',
    },
    AMBIGUOUS_ACCOUNT: {
      description: 'With `onExisting: RELINK`: there are several accounts of this provider, see `accounts`.',
    },
    ACCOUNT_PROVIDER_MISMATCH: { description: 'The account belongs to another provider than the one given.' },
  },
});

@ObjectType('StatusReason', { simpleResolvers: true, description: 'Why an account is in its state.' })
class StatusReasonType {
  @Field(() => String, { nullable: true, description: 'A short code, as StackOne gives it.' })
  code!: string | null;

  @Field(() => String, { nullable: true, description: 'A sentence, as StackOne gives it.' })
  description!: string | null;

  @Field(() => DateTime, { description: 'Since when.' })
  at!: Date;
}

@ObjectType('LinkedAccount', {
  simpleResolvers: true,
  description: 'An account of the viewer’s customer in another system.',
})
export class LinkedAccountType {
  @Field(() => ID, { description: 'StackOne’s id of the account.' })
  id!: string;

  @Field(() => String, { description: 'The provider’s key, such as `bamboohr`.' })
  providerKey!: string;

  @Field(() => String, { nullable: true, description: 'A name that tells several accounts apart.' })
  label!: string | null;

  @Field(() => LinkedAccountStatus, { description: 'Its state.' })
  status!: LinkedAccountStatus;

  @Field(() => [StatusReasonType], { description: 'Why it is in this state; may be empty.' })
  statusReasons!: readonly StatusReason[];

  @Field(() => Boolean, {
    description:
      'Whether it works again only when the person re-links it: `createConnectSession(accountId:)`.',
  })
  needsRelink!: boolean;

  @Field(() => String, { nullable: true, description: 'The person who linked it.' })
  linkedBy!: string | null;

  @Field(() => DateTime, { description: 'When it was linked.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;
}

@ObjectType('UserError', {
  simpleResolvers: true,
  description: 'Something that can be mended, with words to show.',
})
export class UserErrorType {
  @Field(() => UserErrorCode, { description: 'What is wrong, for programs.' })
  code!: UserErrorCode;

  @Field(() => String, { description: 'What is wrong and what to do, for people.' })
  message!: string;

  @Field(() => String, { nullable: true, description: 'The argument that it is about.' })
  field!: string | null;

  @Field(() => [LinkedAccountType], { description: 'The accounts that it is about; may be empty.' })
  accounts!: readonly LinkedAccountType[];
}

@ObjectType({ simpleResolvers: true, description: 'Where a page of a list lies in it.' })
class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are more after `endCursor`.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether this page began after a cursor.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first one; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last one: give it to `after`.' })
  endCursor!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A linked account and its place in the list.' })
class LinkedAccountEdge {
  @Field(() => String, { description: 'The place: give it to `after`.' })
  cursor!: string;

  @Field(() => LinkedAccountType, { description: 'The account.' })
  node!: LinkedAccountType;
}

@ObjectType({ simpleResolvers: true, description: 'A page of linked accounts.' })
class LinkedAccountConnection {
  @Field(() => [LinkedAccountEdge], { description: 'The accounts with their places.' })
  edges!: readonly LinkedAccountEdge[];

  @Field(() => [LinkedAccountType], { description: 'The accounts alone.' })
  nodes!: readonly LinkedAccountType[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo;
}

@ObjectType({ simpleResolvers: true, description: 'What the server says of an account.' })
class ConfirmLinkedAccountPayload {
  @Field(() => LinkedAccountType, {
    nullable: true,
    description:
      'The account as it is now, its status included; null exactly when `userErrors` is not empty.',
  })
  account!: LinkedAccountType | null;

  @Field(() => [UserErrorType], { description: 'What can be mended; empty when all went well.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true, description: 'What came of a removal.' })
class DeleteLinkedAccountPayload {
  @Field(() => ID, {
    nullable: true,
    description: 'The account that is gone; null exactly when `userErrors` is not empty.',
  })
  deletedAccountId!: string | null;

  @Field(() => [UserErrorType], { description: 'What can be mended; empty when all went well.' })
  userErrors!: readonly UserError[];
}

@ArgsType()
class LinkedAccountsArgs {
  @Field(() => String, { nullable: true, description: 'Only those of this provider.' })
  provider?: string | null;

  @Field(() => [LinkedAccountStatus], {
    nullable: true,
    description: 'Only those in one of these states. Empty is the same as absent.',
  })
  status?: LinkedAccountStatus[] | null;

  @Field(() => Int, { nullable: true, defaultValue: 25, description: 'How many, from 1 to 100.' })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only those after this place: an `endCursor`.' })
  after?: string | null;
}

@Resolver(() => LinkedAccountType)
export class LinkedAccountResolver {
  @Query(() => LinkedAccountConnection, { description: 'The linked accounts of the viewer’s customer.' })
  async linkedAccounts(
    @Ctx() { stackone }: GraphQLContext,
    @Args(() => LinkedAccountsArgs) { provider, status, first, after }: LinkedAccountsArgs,
  ): Promise<LinkedAccountConnection> {
    const filter = { provider: parseProvider(provider), status: status?.length ? status : undefined };
    const page = await stackone.linkedAccounts(filter, parseFirst(first), after ?? undefined);
    return toConnection(page, after != null);
  }

  @Query(() => LinkedAccountType, {
    nullable: true,
    description: 'One linked account; null when there is no such account.',
  })
  async linkedAccount(
    @Ctx() { stackone }: GraphQLContext,
    @Arg('id', () => ID, { description: 'StackOne’s id of the account.' }) id: string,
  ): Promise<LinkedAccountType | null> {
    return stackone.linkedAccount(id);
  }

  @Mutation(() => ConfirmLinkedAccountPayload, {
    description:
      'Asks StackOne what an account really is, after the Hub has said `success`: that is only a hint. Changes nothing, and may be repeated.',
  })
  async confirmLinkedAccount(
    @Ctx() { stackone }: GraphQLContext,
    @Arg('accountId', () => ID, { description: 'The id that the Hub gave.' }) accountId: string,
  ): Promise<ConfirmLinkedAccountPayload> {
    const outcome = await stackone.confirmLinkedAccount(accountId);
    return outcome.ok
      ? { account: outcome.value, userErrors: [] }
      : { account: null, userErrors: outcome.userErrors };
  }

  @Mutation(() => DeleteLinkedAccountPayload, {
    description:
      'Removes a linked account, with the credentials that StackOne keeps for it. May be repeated.',
  })
  async deleteLinkedAccount(
    @Ctx() { stackone }: GraphQLContext,
    @Arg('accountId', () => ID, { description: 'The account to remove.' }) accountId: string,
  ): Promise<DeleteLinkedAccountPayload> {
    const outcome = await stackone.deleteLinkedAccount(accountId);
    return outcome.ok
      ? { deletedAccountId: outcome.value, userErrors: [] }
      : { deletedAccountId: null, userErrors: outcome.userErrors };
  }

  @FieldResolver(() => ProviderType, {
    nullable: true,
    description: 'The provider; null when it is not enabled any more.',
  })
  async provider(
    @Root() account: LinkedAccount,
    @Ctx() { stackone }: GraphQLContext,
  ): Promise<ProviderType | null> {
    return stackone.provider(account.providerKey);
  }
}

/** The other direction: a provider's accounts, of this customer. */
@Resolver(() => ProviderType)
export class ProviderAccountsResolver {
  @FieldResolver(() => [LinkedAccountType], {
    description:
      'The accounts of it that the viewer’s customer has linked. All providers together cost one listing.',
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
    throw badArgument('`first` must be from 1 to 100.');
  }
  return value;
}

function parseProvider(provider: string | null | undefined): string | undefined {
  if (provider != null && !providerKeyPattern.test(provider)) {
    throw badArgument('`provider` is a key such as `bamboohr`: choose one of `providers`.');
  }
  return provider ?? undefined;
}

/** A query has no `userErrors`, so a bad argument of one is an error. The message holds no value. */
function badArgument(message: string): AppError {
  return new AppError('BAD_USER_INPUT', message, { publicMessage: message });
}

function toConnection(
  { edges, hasNextPage }: AccountPage,
  hasPreviousPage: boolean,
): LinkedAccountConnection {
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
