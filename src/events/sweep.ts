import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../domain/app-error.js';
import type { Logger } from '../observability/logger.js';
import { createBackgroundContext } from '../observability/request-context.js';
import { isLastPage, type StackOneApi } from '../stackone/api.js';
import { isUnreadable } from '../stackone/list-reader.js';
import type { AccountRecord } from '../stackone/records.js';
import { type ChangeDetector, type ReadStart, startRead } from './change-detector.js';
import type { SharedState } from './state/shared-state.js';

/** Ends a listing, whatever StackOne returns: 10,000 broken accounts. */
const maxPages = 400;
/** The first sweep starts after a tenth of the interval. */
const firstSweepPart = 10;

interface SweepDependencies {
  readonly api: StackOneApi;
  readonly detector: ChangeDetector;
  readonly state: SharedState;
  readonly logger: Logger;
  readonly intervalSeconds: number;
  /** Calls to StackOne that a sweep may send in a minute: a twentieth of the total rate limit. */
  readonly callsPerMinute: number;
}

/**
 * Finds accounts that broke or recovered: StackOne sends no webhook about it. One instance sweeps in each interval, the one
 * that sets the mark first; a mark expires, so the others go on when an instance dies.
 */
export class Sweep {
  readonly #dependencies: SweepDependencies;
  readonly #stopping = new AbortController();

  constructor(dependencies: SweepDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(): Promise<void> {
    const { intervalSeconds, logger } = this.#dependencies;
    // A process that restarts again and again must not list all accounts each time.
    await this.#pause(intervalSeconds / firstSweepPart);
    while (!this.#stopping.signal.aborted) {
      try {
        await this.sweep();
      } catch (error) {
        if (this.#stopping.signal.aborted) {
          return;
        }
        const reason = reasonOf(error) ?? 'unknown';
        logger.error(
          { alert: 'sweep-failed', reason },
          'Broken accounts could not be listed: the next sweep tries again',
        );
      }
      await this.#pause(intervalSeconds);
    }
  }

  async #pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }

  /** Does nothing when another instance sweeps in this interval. */
  async sweep(): Promise<void> {
    const { state, detector, intervalSeconds } = this.#dependencies;
    // A little shorter than the interval, so that the mark has expired at the next one.
    if (!(await state.claimSweep(Math.max(1, intervalSeconds - 1)))) {
      return;
    }
    const known = await state.knownBroken();
    const found = new Set<string>();
    for await (const { record, start } of this.#brokenAccounts()) {
      const { id } = record.account;
      found.add(id);
      if (known === undefined) {
        await state.addBroken(id);
      } else if (!known.has(id)) {
        await detector.foundBroken(record, start);
      }
    }
    await this.#checkMissing([...(known ?? [])].filter((id) => !found.has(id)));
    await state.setSwept();
  }

  /** An account that cannot be read does not affect the others. It stays known, so the next sweep tries it again. */
  async #checkMissing(accountIds: readonly string[]): Promise<void> {
    let unread = 0;
    for (const accountId of accountIds) {
      await this.#pace();
      await this.#dependencies.detector.missingFromBroken(accountId).catch(() => {
        unread += 1;
      });
    }
    if (unread > 0) {
      this.#dependencies.logger.warn({ unread }, 'Accounts that were broken could not be read');
    }
  }

  async *#brokenAccounts(): AsyncGenerator<{ readonly record: AccountRecord; readonly start: ReadStart }> {
    const seen = new Set<string>();
    let allRows = 0;
    for (let number = 1; number <= maxPages; number++) {
      await this.#pace();
      const start = startRead();
      const page = await this.#dependencies.api.listBrokenAccounts(number, createBackgroundContext());
      const fresh = page.rows.filter(({ account }) => !seen.has(account.id));
      allRows += page.rowCount;
      for (const record of fresh) {
        seen.add(record.account.id);
        // The filter of StackOne is not documented in detail.
        if (record.account.needsRelink) {
          yield { record, start };
        }
      }
      if (isLastPage(page, allRows) || (fresh.length === 0 && !isUnreadable(page))) {
        return;
      }
    }
  }

  /** Spreads the calls over the minute. */
  async #pace(): Promise<void> {
    await sleep(60_000 / this.#dependencies.callsPerMinute, undefined, { signal: this.#stopping.signal, ref: false });
  }
}
