import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { LinkedAccountStatus, type StatusReason } from '../../domain/linked-account.js';
import { DateTime } from './date-time.js';

registerEnumType(LinkedAccountStatus, {
  name: 'LinkedAccountStatus',
  description: 'The state of a linked account.',
  valuesConfig: {
    ACTIVE: { description: 'The account works.' },
    INACTIVE: { description: 'The account is disabled.' },
    SUSPENDED: { description: 'The account is paused.' },
    ARCHIVED: { description: 'The account is kept but no longer used.' },
    EXPIRED: { description: 'The credentials have expired: re-link the account.' },
    ERROR: { description: 'The account has stopped working, see `statusReasons`: re-link the account.' },
    UNKNOWN: { description: 'A state of StackOne that this schema does not have yet.' },
  },
});

@ObjectType('StatusReason', { simpleResolvers: true, description: 'The reason for an account’s state.' })
class StatusReasonType {
  @Field(() => String, {
    nullable: true,
    description: 'Short code from StackOne. Null if StackOne does not state it.',
  })
  code!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Description from StackOne. Null if StackOne does not state it.',
  })
  description!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the account entered this state. Null if StackOne does not state it.',
  })
  at!: Date | null;
}

@ObjectType('LinkedAccount', {
  simpleResolvers: true,
  description: 'An account of the caller’s customer in another system, linked through StackOne.',
})
export class LinkedAccountType {
  @Field(() => ID, { description: 'StackOne’s id of the account.' })
  id!: string;

  @Field(() => String, { description: 'Key of the provider, such as `bamboohr`.' })
  providerKey!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Label that distinguishes several accounts. Null if the account has none.',
  })
  label!: string | null;

  @Field(() => LinkedAccountStatus, { description: 'State of the account.' })
  status!: LinkedAccountStatus;

  @Field(() => [StatusReasonType], { description: 'Reasons for the state. Can be empty.' })
  statusReasons!: readonly StatusReason[];

  @Field(() => Boolean, {
    description:
      'Whether the account works again only after a person re-links it with `createConnectSession(accountId:)`.',
  })
  needsRelink!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The person who linked the account. Null if StackOne does not state it.',
  })
  linkedBy!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the account was linked. Null if StackOne does not state it.',
  })
  createdAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the account last changed. Null if StackOne does not state it.',
  })
  updatedAt!: Date | null;
}

@ObjectType('PageInfo', { simpleResolvers: true, description: 'Pagination information.' })
class PageInfo {
  @Field(() => Boolean, { description: 'Whether more items follow after `endCursor`.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether this page started after a cursor.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item. Null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last item, for `after`. Null on an empty page.',
  })
  endCursor!: string | null;
}

@ObjectType('LinkedAccountEdge', { simpleResolvers: true, description: 'A linked account and its cursor.' })
class LinkedAccountEdge {
  @Field(() => String, { description: 'Cursor of the account, for `after`.' })
  cursor!: string;

  @Field(() => LinkedAccountType, { description: 'The account.' })
  node!: LinkedAccountType;
}

@ObjectType('LinkedAccountConnection', { simpleResolvers: true, description: 'A page of linked accounts.' })
export class LinkedAccountConnection {
  @Field(() => [LinkedAccountEdge], { description: 'The accounts with their cursors.' })
  edges!: readonly LinkedAccountEdge[];

  @Field(() => [LinkedAccountType], { description: 'The accounts without their cursors.' })
  nodes!: readonly LinkedAccountType[];

  @Field(() => PageInfo, { description: 'Pagination information.' })
  pageInfo!: PageInfo;
}
