import { isDisplayText } from './values.js';

/** Names the field that is missing or malformed, never its value. */
export class InvalidOwnerError extends Error {
  override readonly name = 'InvalidOwnerError';
  constructor(readonly field: 'id' | 'name') {
    super(`the owner's ${field} is missing or malformed`);
  }
}

/**
 * The customer (organization) that linked accounts belong to.
 *
 * The constructor is private and a protected property makes the type nominal, so an object that only looks like an owner
 * does not compile. Only `auth/` calls `Owner.parse`, with a verified token or the login of the host app.
 */
export class Owner {
  /** For the compiler only: it does not exist at run time. */
  declare protected readonly isVerified: true;

  private constructor(
    /** The customer's id in the host app. StackOne keeps it with each account. */
    readonly id: string,
    /** The customer's name. StackOne identifies an account by owner id, owner name and provider. */
    readonly name: string,
  ) {}

  /**
   * @param id 1 to 128 letters, digits and `. _ : @ | -`
   * @param name see `isDisplayText`
   * @throws InvalidOwnerError
   */
  static parse(id: unknown, name: unknown): Owner {
    if (typeof id !== 'string' || !/^[A-Za-z0-9._:@|-]{1,128}$/.test(id)) {
      throw new InvalidOwnerError('id');
    }
    if (!isDisplayText(name)) {
      throw new InvalidOwnerError('name');
    }
    return new Owner(id, name);
  }
}
