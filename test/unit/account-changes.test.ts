import { describe, expect, it } from '@jest/globals';
import type { OwnedChange } from '../../src/domain/account-change.js';
import { AccountChanges, type ChangeMessage } from '../../src/events/account-changes.js';
import { queueChanges } from '../../src/events/change-queue.js';

const changeOf = (ownerId: string, accountId = 'a'): OwnedChange => ({
  ownerId,
  change: { kind: 'UPDATED', accountId, account: null, at: new Date(0) },
});

describe('AccountChanges', () => {
  it('delivers a change to the listeners of its owner only, until they end', () => {
    const changes = new AccountChanges();
    const heard: string[] = [];
    const stop = changes.listen('acme', ({ ownerId }) => void heard.push(`acme: ${ownerId}`));
    changes.listen('globex', ({ ownerId }) => void heard.push(`globex: ${ownerId}`));
    changes.publish(changeOf('acme'));
    changes.publish(changeOf('globex'));
    stop();
    changes.publish(changeOf('acme'));
    expect(heard).toEqual(['acme: acme', 'globex: globex']);
  });

  it('sends a change to the other instances, and delivers each message once', () => {
    const sent: ChangeMessage[] = [];
    const [one, other] = [new AccountChanges((message) => void sent.push(message)), new AccountChanges()];
    const heard: string[] = [];
    one.listen('acme', () => void heard.push('one'));
    other.listen('acme', () => void heard.push('other'));
    one.publish(changeOf('acme'));
    for (const message of [...sent, ...sent]) {
      one.deliver(message);
      other.deliver(message);
    }
    expect(heard).toEqual(['one', 'other']);
  });

  it('tells its follower of the changes of every owner once, and which ones are its own', () => {
    const other = new AccountChanges();
    const one = new AccountChanges((message) => {
      one.deliver(message);
      other.deliver(message);
    });
    const heard: string[] = [];
    one.follow(({ ownerId }, isOwn) => void heard.push(`one ${ownerId} ${isOwn}`));
    other.follow(({ ownerId }, isOwn) => void heard.push(`other ${ownerId} ${isOwn}`));
    one.publish(changeOf('acme'));
    one.publish(changeOf('globex'));
    expect(heard).toEqual(['one acme true', 'other acme false', 'one globex true', 'other globex false']);
  });
});

describe('queueChanges', () => {
  it('returns the changes in order, and ends with return()', async () => {
    const changes = new AccountChanges();
    const queue = queueChanges(changes, 'acme');
    changes.publish(changeOf('acme', '1'));
    changes.publish(changeOf('acme', '2'));
    expect([await queue.next(), await queue.next()]).toMatchObject([
      { value: { change: { accountId: '1' } } },
      { value: { change: { accountId: '2' } } },
    ]);
    const waiting = queue.next();
    await queue.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('ends for a reader that leaves more than 100 changes unread', async () => {
    const changes = new AccountChanges();
    const queue = queueChanges(changes, 'acme');
    for (let count = 0; count < 101; count++) {
      changes.publish(changeOf('acme'));
    }
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });
});
