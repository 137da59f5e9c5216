import type { ApolloServerPlugin } from '@apollo/server';
import { type GraphQLError, type GraphQLFormattedError, Kind, type OperationDefinitionNode } from 'graphql';
import { AppError } from '../errors.js';
import { UserErrorCode } from '../stackone/model.js';
import type { GraphQLContext, RequestRecord } from './context.js';

const maxNameLength = 64;

/** Notes in a request's record what was asked for and what came of it: names and codes, never values. */
export function createRecordPlugin(): ApolloServerPlugin<GraphQLContext> {
  return {
    async requestDidStart({ contextValue: { record } }) {
      return {
        async didResolveOperation({ document, operation }) {
          record.document = document;
          noteOperation(record, operation);
        },
        async didEncounterErrors({ errors }) {
          noteErrors(record, errors);
        },
        async willSendResponse({ response: { body }, operation }) {
          if (body.kind === 'single') noteAnswer(record, body.singleResult, operation);
        },
      };
    },
  };
}

type MaybeOperation = OperationDefinitionNode | null | undefined;

export function noteOperation(record: RequestRecord, operation: MaybeOperation): void {
  const first = operation?.selectionSet.selections.find((node) => node.kind === Kind.FIELD);
  record.field = first?.name.value;
  record.operationName = operation?.name?.value.slice(0, maxNameLength);
}

export function noteErrors(record: RequestRecord, errors: readonly GraphQLError[]): void {
  const original = errors[0]?.originalError;
  record.reason = original instanceof AppError ? original.message : undefined;
}

interface Result {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

export function noteAnswer(record: RequestRecord, { data, errors }: Result, operation: MaybeOperation): void {
  const userError = operation?.operation === 'mutation' ? userErrorIn(data) : 'ok';
  record.code = String(errors?.[0]?.extensions?.['code'] ?? userError);
}

/**
 * The code of a payload's first user error, if the client asked for codes. With an alias anything else can stand in
 * that place: what is no code of ours must get neither into the log nor into a metric's label.
 */
function userErrorIn(data: Record<string, unknown> | null | undefined): string {
  for (const payload of Object.values(data ?? {})) {
    const userErrors = isRecord(payload) ? payload['userErrors'] : undefined;
    const first: unknown = Array.isArray(userErrors) ? userErrors[0] : undefined;
    if (isRecord(first)) {
      return Object.values(UserErrorCode).find((code) => code === first['code']) ?? 'USER_ERROR';
    }
  }
  return 'ok';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
