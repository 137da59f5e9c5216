import { OnExistingAccount } from '../domain/connect-session.js';
import { Category, providerKeyPattern } from '../domain/provider.js';
import type { Result, UserError } from '../domain/result.js';
import { isDisplayText } from '../domain/values.js';

/** The arguments of `createConnectSession` as GraphQL delivers them. Null means the same as absent. */
export interface ConnectInput {
  readonly provider?: string | null;
  readonly category?: Category | null;
  readonly accountId?: string | null;
  readonly label?: string | null;
  readonly onExisting?: OnExistingAccount | null;
}

export interface ConnectRequest {
  readonly provider: string | undefined;
  readonly category: Category | undefined;
  readonly accountId: string | undefined;
  readonly label: string | undefined;
  /** With `provider` and without `accountId`. If absent, StackOne decides, see `findAccountsToUpdate`. */
  readonly onExisting: OnExistingAccount | undefined;
}

/**
 * Checks the arguments. A host app can pass them without GraphQL and without TypeScript, so an enum can have any value.
 * An `accountId` of any form passes: the proof of ownership returns the same error for a malformed id as for an unknown
 * one.
 */
export function parseConnectInput(input: ConnectInput): Result<ConnectRequest> {
  const request: ConnectRequest = {
    provider: input.provider ?? undefined,
    category: input.category ?? undefined,
    accountId: input.accountId ?? undefined,
    label: input.label ?? undefined,
    onExisting: input.onExisting ?? undefined,
  };
  const { provider, category, accountId, label, onExisting } = request;
  const userErrors: UserError[] = [];
  if (provider !== undefined && !providerKeyPattern.test(provider)) {
    userErrors.push(invalid('provider', '`provider` must be the key of a provider, such as `bamboohr`.'));
  }
  if (category !== undefined && !Object.values(Category).includes(category)) {
    userErrors.push(invalidEnum('category', Category));
  }
  if (label !== undefined && !isDisplayText(label)) {
    userErrors.push(
      invalid(
        'label',
        'The label must have 1 to 200 characters, at least one of them visible. Remove line breaks, control characters and characters that change the direction of text.',
      ),
    );
  }
  if (onExisting !== undefined && !Object.values(OnExistingAccount).includes(onExisting)) {
    userErrors.push(invalidEnum('onExisting', OnExistingAccount));
  }
  if (onExisting !== undefined && (provider === undefined || accountId !== undefined)) {
    userErrors.push(invalid('onExisting', '`onExisting` requires `provider` and does not allow `accountId`.'));
  }
  return userErrors.length === 0 ? { ok: true, value: request } : { ok: false, userErrors };
}

function invalid(field: keyof ConnectRequest, message: string): UserError {
  return { code: 'INVALID_INPUT', field, message, accounts: [] };
}

function invalidEnum(field: keyof ConnectRequest, values: Readonly<Record<string, string>>): UserError {
  return invalid(field, `\`${field}\` must be one of ${Object.values(values).join(', ')}.`);
}
