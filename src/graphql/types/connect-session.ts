import { Args, ArgsType, Ctx, Field, ID, Mutation, ObjectType, Resolver, registerEnumType } from 'type-graphql';
import { ConnectMode, OnExistingAccount } from '../../domain/connect-session.js';
import { Category } from '../../domain/provider.js';
import type { UserError } from '../../domain/result.js';
import type { GraphQLContext } from '../context.js';
import { DateTime } from './date-time.js';
import { LinkedAccountType } from './linked-account.js';
import { UserErrorType, userErrorsDescription } from './user-error.js';

registerEnumType(ConnectMode, {
  name: 'ConnectMode',
  description: 'What the Hub does with a connect session.',
  valuesConfig: {
    LINK: {
      description:
        'Links a new account. Exception: if `provider` is absent, or if the linked accounts could not be read in time, StackOne updates an account with the same customer id, customer name and provider if there is one.',
    },
    RELINK: { description: 'Updates the account in `account`.' },
  },
});

registerEnumType(OnExistingAccount, {
  name: 'OnExistingAccount',
  description: 'What to do when the caller’s customer already has an account of the provider.',
  valuesConfig: {
    RELINK: {
      description:
        'Re-link the account, even if the name of the customer has changed. With several accounts, return the user error `AMBIGUOUS_ACCOUNT`.',
    },
    CREATE_ANOTHER: { description: 'Link a further account.' },
    FAIL: { description: 'Return the user error `ACCOUNT_ALREADY_LINKED`.' },
  },
});

@ObjectType('CreateConnectSessionPayload', { simpleResolvers: true, description: 'Result of `createConnectSession`.' })
class CreateConnectSessionPayload {
  @Field(() => String, {
    nullable: true,
    description:
      'Session token for the Hub. A secret: use it only in the page that requested it. Null if and only if `userErrors` is not empty.',
  })
  token!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the token expires. The Hub does not signal expiry: create a new session beforehand and remount the Hub. Null if and only if `token` is null.',
  })
  expiresAt!: Date | null;

  @Field(() => ConnectMode, {
    nullable: true,
    description: 'What the Hub does with this session. Null if and only if `token` is null.',
  })
  mode!: ConnectMode | null;

  @Field(() => LinkedAccountType, {
    nullable: true,
    description: 'The account that the Hub re-links. Null if and only if `mode` is not `RELINK`.',
  })
  account!: LinkedAccountType | null;

  @Field(() => String, {
    nullable: true,
    description:
      'URL of a page with the Hub that StackOne hosts. A secret, like the token. Null unless the operator allows it (`ALLOW_AUTH_LINKS`).',
  })
  authLinkUrl!: string | null;

  @Field(() => [UserErrorType], { description: userErrorsDescription })
  userErrors!: readonly UserError[];
}

@ArgsType()
class CreateConnectSessionArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Key of the provider, from `providers`. The Hub opens the form of this provider. If absent, the user chooses a provider in the Hub.',
  })
  provider?: string | null;

  @Field(() => Category, {
    nullable: true,
    description: 'The Hub offers only providers of this category. If absent, it offers all providers.',
  })
  category?: Category | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Id of the linked account to re-link. The server verifies that the account belongs to the caller’s customer before it creates a session.',
  })
  accountId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Label that distinguishes several accounts: 1–200 characters, at least one of them visible. It must not contain control characters, line breaks or characters that change the direction of text.',
  })
  label?: string | null;

  @Field(() => OnExistingAccount, {
    nullable: true,
    description:
      'What to do when an account of `provider` is already linked. Requires `provider` and does not allow `accountId`. If absent, the Hub re-links an account with the same customer id, customer name and provider (`mode` is then `RELINK`). If there is no such account, it links a new one.',
  })
  onExisting?: OnExistingAccount | null;
}

@Resolver()
export class ConnectSessionResolver {
  @Mutation(() => CreateConnectSessionPayload, {
    description:
      'Creates a connect session, which has a short-lived token. With the token, StackOne’s Hub can link an account for the caller’s customer. The customer comes from the login of the caller, never from an argument.',
  })
  async createConnectSession(
    @Ctx() { stackone }: GraphQLContext,
    @Args(() => CreateConnectSessionArgs) args: CreateConnectSessionArgs,
  ): Promise<CreateConnectSessionPayload> {
    const result = await stackone.createConnectSession(args);
    if (!result.ok) {
      return { ...noSession, userErrors: result.userErrors };
    }
    const { token, expiresAt, mode, account, authLinkUrl } = result.value;
    return { token, expiresAt, mode, account, authLinkUrl, userErrors: [] };
  }
}

const noSession = { token: null, expiresAt: null, mode: null, account: null, authLinkUrl: null };
