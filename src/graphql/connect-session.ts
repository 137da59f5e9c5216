import {
  Args,
  ArgsType,
  Ctx,
  Field,
  ID,
  Mutation,
  ObjectType,
  Resolver,
  registerEnumType,
} from 'type-graphql';
import {
  Category,
  ConnectMode,
  OnExistingAccount,
  type Outcome,
  providerKeyPattern,
  type UserError,
} from '../stackone/model.js';
import type { ConnectRequest } from '../stackone/stackone-data-source.js';
import type { GraphQLContext } from './context.js';
import { LinkedAccountType, UserErrorType } from './linked-account.js';
import { DateTime } from './scalars.js';

registerEnumType(ConnectMode, {
  name: 'ConnectMode',
  description: 'What the Hub will do with a session.',
  valuesConfig: {
    LINK: {
      description: 'Link an account. StackOne edits one of the same customer, customer name and provider.',
    },
    RELINK: { description: 'Re-link the account that `account` shows.' },
  },
});

registerEnumType(OnExistingAccount, {
  name: 'OnExistingAccount',
  description: 'What to do when the viewer’s customer already has an account of the provider.',
  valuesConfig: {
    RELINK: {
      description: 'Re-link it, also when the customer’s name has changed. Several: `AMBIGUOUS_ACCOUNT`.',
    },
    CREATE_ANOTHER: { description: 'Link a further one.' },
    FAIL: { description: 'Refuse: `ACCOUNT_ALREADY_LINKED`.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'A session for StackOne’s Hub, or what to mend to get one.',
})
class CreateConnectSessionPayload {
  @Field(() => String, {
    nullable: true,
    description:
      'What the Hub takes: a secret, for this page alone. Null exactly when `userErrors` is not empty.',
  })
  token!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the token ends. The Hub does not tell: ask for a new one in time, and mount the Hub anew.',
  })
  expiresAt!: Date | null;

  @Field(() => ConnectMode, { nullable: true, description: 'What the Hub will do.' })
  mode!: ConnectMode | null;

  @Field(() => LinkedAccountType, { nullable: true, description: 'The account being re-linked.' })
  account!: LinkedAccountType | null;

  @Field(() => String, {
    nullable: true,
    description: 'A page of StackOne’s with the Hub in it: a secret, and null unless the operator allows it.',
  })
  authLinkUrl!: string | null;

  @Field(() => [UserErrorType], { description: 'What can be mended; empty when all went well.' })
  userErrors!: readonly UserError[];
}

@ArgsType()
class CreateConnectSessionArgs {
  @Field(() => String, {
    nullable: true,
    description: 'The key of a provider: the Hub opens at its form. Without it the Hub offers a choice.',
  })
  provider?: string | null;

  @Field(() => Category, {
    nullable: true,
    description: 'The Hub offers the providers of this category only.',
  })
  category?: Category | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'An account of the viewer’s customer to re-link. It is proven to be that before anything is minted.',
  })
  accountId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A name for the account, to tell several apart: 1 to 200 characters, no control characters.',
  })
  label?: string | null;

  @Field(() => OnExistingAccount, {
    nullable: true,
    description:
      'With `provider` and without `accountId`: what to do with an account that is there. Absent: StackOne edits one of the same customer, customer name and provider.',
  })
  onExisting?: OnExistingAccount | null;
}

@Resolver()
export class ConnectSessionResolver {
  @Mutation(() => CreateConnectSessionPayload, {
    description:
      'Mints a short-lived token with which StackOne’s Hub links an account. Whose account it will be comes from the access token alone.',
  })
  async createConnectSession(
    @Ctx() { stackone }: GraphQLContext,
    @Args(() => CreateConnectSessionArgs) args: CreateConnectSessionArgs,
  ): Promise<CreateConnectSessionPayload> {
    const request = parseRequest(args);
    const outcome = request.ok ? await stackone.createConnectSession(request.value) : request;
    const session = outcome.ok ? outcome.value : undefined;
    return {
      token: session?.token ?? null,
      expiresAt: session?.expiresAt ?? null,
      mode: session?.mode ?? null,
      account: session?.account ?? null,
      authLinkUrl: session?.authLinkUrl ?? null,
      userErrors: outcome.ok ? [] : outcome.userErrors,
    };
  }
}

/** Neither control characters nor half a surrogate pair, and something to see. */
const labelPattern = /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,200}$/u;

/**
 * Null is the same as absent, and GraphQL has seen to the types. An `accountId` of any form is left to the proof of
 * ownership: it has one answer.
 */
function parseRequest(args: CreateConnectSessionArgs): Outcome<ConnectRequest> {
  const provider = args.provider ?? undefined;
  const accountId = args.accountId ?? undefined;
  const label = args.label ?? undefined;
  const onExisting = args.onExisting ?? undefined;
  const userErrors: UserError[] = [];
  if (provider !== undefined && !providerKeyPattern.test(provider)) {
    userErrors.push(
      invalid('provider', 'A provider is a key such as `bamboohr`: choose one of `providers`.'),
    );
  }
  if (label !== undefined && !labelPattern.test(label)) {
    userErrors.push(
      invalid('label', 'A label has 1 to 200 characters, not only spaces and no control characters.'),
    );
  }
  if (onExisting !== undefined && (provider === undefined || accountId !== undefined)) {
    userErrors.push(invalid('onExisting', '`onExisting` goes with `provider` and without `accountId`.'));
  }
  return userErrors.length === 0
    ? { ok: true, value: { provider, category: args.category ?? undefined, accountId, label, onExisting } }
    : { ok: false, userErrors };
}

function invalid(field: keyof ConnectRequest, message: string): UserError {
  return { code: 'INVALID_INPUT', field, message, accounts: [] };
}
