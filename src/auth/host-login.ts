import { AppError } from '../domain/app-error.js';
import { parseGrants } from '../domain/grants.js';
import { InvalidOwnerError, Owner } from '../domain/owner.js';
import { isDisplayText } from '../domain/values.js';
import type { Logger } from '../observability/logger.js';
import type { Authenticate } from './authenticate.js';
import { createGrantsLog } from './refusal-log.js';

const maxMessageLength = 500;

/** The signed-in customer, as the host app's own login knows it. */
export interface Login {
  /** The customer's id: 1 to 128 letters, digits and `. _ : @ | -`. */
  readonly id: string;
  /** The customer's name, 1 to 200 characters. StackOne identifies an account by owner id, owner name and provider. */
  readonly name: string;
  /** The person, such as an e-mail address. */
  readonly username?: string | null | undefined;
  /** Whether the person may connect, confirm and delete accounts. Default: true. */
  readonly canManage?: boolean | undefined;
  /** Keys of the providers that the customer may connect. Default: all. */
  readonly providers?: readonly string[] | undefined;
  /** How many accounts the customer may have, 0–1,000,000. Default: any number. */
  readonly maxAccounts?: number | undefined;
}

/** The host app's own login: returns who sent the request, or `null` or `undefined` when no one is signed in. */
export type GetOwner<Request> = (request: Request) => MaybeLogin | Promise<MaybeLogin>;
type MaybeLogin = Login | null | undefined;

/**
 * Authentication by the host app's login. Its owner and its grants are parsed as strictly as the claims of a token.
 * @param production leaves the message of an error that `getOwner` throws out of the log
 * @throws AppError `UNAUTHENTICATED`: no one is signed in. `AUTH_UNAVAILABLE`: `getOwner` threw, for example because
 *   sessions cannot be read. `INTERNAL_SERVER_ERROR`: it returned no valid owner, which a new sign-in would not fix.
 */
export function createLoginAuthentication<Request>(
  getOwner: GetOwner<Request>,
  { production }: { readonly production: boolean },
  logger: Logger,
): Authenticate<Request> {
  const logInvalidGrant = createGrantsLog(logger);
  return async (request) => {
    const login = await callGetOwner(getOwner, request, production);
    if (login === null || login === undefined) {
      throw new AppError('UNAUTHENTICATED', 'getOwner returned no owner', {
        publicMessage: 'Sign in again.',
      });
    }
    try {
      const { id, name, username, canManage, providers, maxAccounts } = login;
      return {
        owner: Owner.parse(id, name),
        username: isDisplayText(username) ? username : null,
        expiresAt: null,
        // A malformed grant is no reason to refuse the sign-in.
        grants: parseGrants({ canManage, providers, maxAccounts }, (grant) =>
          logInvalidGrant(grant, `${grant} from getOwner is malformed`),
        ),
      };
    } catch (error) {
      if (error instanceof InvalidOwnerError) {
        throw new AppError('INTERNAL_SERVER_ERROR', `the ${error.field} from getOwner is missing or malformed`);
      }
      throw error;
    }
  };
}

async function callGetOwner<Request>(
  getOwner: GetOwner<Request>,
  request: Request,
  production: boolean,
): Promise<MaybeLogin> {
  try {
    return await getOwner(request);
  } catch (error) {
    throw new AppError('AUTH_UNAVAILABLE', `getOwner threw ${describeError(error, production)}`, {
      publicMessage: 'Sign-ins cannot be verified at the moment. Try again later.',
    });
  }
}

/** In production only the name: a message could quote a cookie or a database row of the host app. */
function describeError(error: unknown, production: boolean): string {
  if (!(error instanceof Error)) {
    return 'a value that is no Error';
  }
  return production ? error.name : `${error.name}: ${error.message.slice(0, maxMessageLength)}`;
}
