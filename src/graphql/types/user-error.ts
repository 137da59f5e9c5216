import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { UserErrorCode } from '../../domain/result.js';
import { LinkedAccountType } from './linked-account.js';

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'Code of a problem that the user or the developer of the page can fix.',
  valuesConfig: {
    INVALID_INPUT: {
      description: 'An argument is not valid. `field` names it, and `message` says which values are valid.',
    },
    PROVIDER_NOT_ENABLED: {
      description: 'The provider is not in `providers`, or does not have the category in `category`.',
    },
    PROVIDER_NOT_ALLOWED: {
      description:
        'The plan of the customer does not include the provider, or `provider` is absent and the plan does not include all of them.',
    },
    ACCOUNT_NOT_FOUND: {
      description: 'The account does not exist, belongs to another customer, or its id is malformed.',
    },
    ACCOUNT_ALREADY_LINKED: {
      description: 'With `onExisting: FAIL`: an account of this provider is linked, see `accounts`.',
    },
    AMBIGUOUS_ACCOUNT: {
      description: 'With `onExisting: RELINK`: several accounts of this provider are linked, see `accounts`.',
    },
    ACCOUNT_LIMIT_REACHED: {
      description:
        'The customer has as many accounts as its plan allows, see `accounts` for up to 100 of them. Each can be re-linked.',
    },
    ACCOUNT_PROVIDER_MISMATCH: { description: 'The account belongs to another provider than `provider`.' },
  },
});

@ObjectType('UserError', {
  simpleResolvers: true,
  description: 'A problem the user can fix, with a message to display.',
})
export class UserErrorType {
  @Field(() => UserErrorCode, { description: 'Code of the problem, for programs.' })
  code!: UserErrorCode;

  @Field(() => String, { description: 'What is wrong and how to fix it, for people.' })
  message!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The argument that caused the problem. Null if no single argument did.',
  })
  field!: string | null;

  @Field(() => [LinkedAccountType], { description: 'The accounts that caused the problem. Can be empty.' })
  accounts!: readonly LinkedAccountType[];
}

export const userErrorsDescription = 'Problems the user can fix. Empty on success.';
