import { Field, ID, ObjectType, Resolver, Root, registerEnumType, Subscription } from 'type-graphql';
import { type AccountChange, AccountChangeKind, type OwnedChange } from '../../domain/account-change.js';
import type { GraphQLContext } from '../context.js';
import { DateTime } from './date-time.js';
import { LinkedAccountType } from './linked-account.js';

registerEnumType(AccountChangeKind, {
  name: 'LinkedAccountChangeKind',
  description: 'What happened to a linked account.',
  valuesConfig: {
    LINKED: { description: 'The account was linked.' },
    UPDATED: { description: 'The account changed, for example its label or its credentials.' },
    BROKEN: { description: 'The account has stopped working: a person must re-link it.' },
    RECOVERED: { description: 'The account works again.' },
    REMOVED: { description: 'The account was removed.' },
  },
});

@ObjectType('LinkedAccountChange', {
  simpleResolvers: true,
  description:
    'A change of a linked account. A change can be sent more than once, and changes can arrive out of order.',
})
class LinkedAccountChangeType {
  @Field(() => AccountChangeKind, { description: 'What happened.' })
  kind!: AccountChangeKind;

  @Field(() => ID, { description: 'Id of the account.' })
  accountId!: string;

  @Field(() => LinkedAccountType, {
    nullable: true,
    description: 'The account after the change. Null if it was removed.',
  })
  account!: LinkedAccountType | null;

  @Field(() => DateTime, {
    description:
      'When the server read the account. Of two changes of one account, the one with the later time is newer.',
  })
  at!: Date;
}

@Resolver()
export class LinkedAccountChangeResolver {
  @Subscription(() => LinkedAccountChangeType, {
    description:
      'Sends the changes of the caller’s linked accounts while the stream is open. Send this subscription to `POST /graphql/stream`. Changes while no stream is open are not sent later: read `linkedAccounts` each time a stream has started.',
    subscribe: ({ context }: { context: GraphQLContext }) => context.accountChanges(),
  })
  linkedAccountChanged(@Root() { change }: OwnedChange): AccountChange {
    return change;
  }
}
