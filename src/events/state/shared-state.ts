/**
 * What all instances know together: in Redis when it is configured (`redis-state`), else in this process. Nothing here is
 * needed to answer a request, so a failure makes events less exact and nothing else.
 */
export interface SharedState {
  /** Sets a mark that expires. @returns false when it was set already, by any instance */
  claim(mark: string, seconds: number): Promise<boolean>;
  /** Sets the mark of a sweep. @returns false when another instance has set it, or may have */
  claimSweep(seconds: number): Promise<boolean>;
  /** Removes a mark. */
  release(mark: string): Promise<void>;
  /** Adds an account to the broken ones. @returns false when it was one of them already */
  addBroken(accountId: string): Promise<boolean>;
  /** @returns whether the account was one of the broken ones */
  removeBroken(accountId: string): Promise<boolean>;
  /** The broken accounts. Undefined before the first sweep has completed, which has nothing to compare with. Rejects when it cannot be known. */
  knownBroken(): Promise<ReadonlySet<string> | undefined>;
  setSwept(): Promise<void>;
  /** Keeps the time of the last webhook with a valid signature. */
  setLastWebhook(at: Date): Promise<void>;
  lastWebhook(): Promise<Date | undefined>;
}
