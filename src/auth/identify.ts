import { AppError } from '../errors.js';
import { type Login, Owner, OwnerError } from './owner.js';

/**
 * From what a request shows to its owner.
 * @throws AppError `UNAUTHENTICATED` when it is nobody's; another code when that cannot be told
 */
export type Identify<Credentials> = (credentials: Credentials) => Promise<Owner>;

/** A product's own login: who has sent this request? `null` or `undefined`: nobody who is signed in. */
export type GetOwner<Request> = (request: Request) => Answer | Promise<Answer>;
type Answer = Login | null | undefined;

/**
 * The owner as the product's login knows it, parsed as strictly as claims are.
 * @throws AppError `UNAUTHENTICATED`: nobody is signed in. `AUTH_UNAVAILABLE`: `getOwner` threw, as when sessions
 *   cannot be read. `INTERNAL_SERVER_ERROR`: what it gave is no owner, which signing in again would not mend.
 */
export function createLoginIdentify<Request>(getOwner: GetOwner<Request>): Identify<Request> {
  return async (request) => {
    const login = await askLogin(getOwner, request);
    if (login === null || login === undefined) {
      throw new AppError('UNAUTHENTICATED', 'getOwner found nobody signed in', {
        publicMessage: 'Sign in again.',
      });
    }
    try {
      return Owner.fromLogin(login);
    } catch (error) {
      throw error instanceof OwnerError ? new AppError('INTERNAL_SERVER_ERROR', error.message) : error;
    }
  };
}

async function askLogin<Request>(getOwner: GetOwner<Request>, request: Request): Promise<Answer> {
  try {
    return await getOwner(request);
  } catch (error) {
    // The kind alone: a message could quote a cookie or a row of the product's.
    const kind = error instanceof Error ? error.name : 'something that is no Error';
    throw new AppError('AUTH_UNAVAILABLE', `getOwner threw ${kind}`, {
      publicMessage: 'Sign-ins cannot be checked at the moment. Try again shortly.',
    });
  }
}
