import { describe, it } from '@jest/globals';
import { cases, eachAtOnce, expectSurvived } from '../support/fault-cases.js';

// Slow ones first: they begin when the first test does, and the others run meanwhile.
describe('An upstream that takes too long is given up within the deadline, nothing of it is shown, and the next good call succeeds, after', () => {
  eachAtOnce(
    cases('UPSTREAM_TIMEOUT', 2, [
      'no answer at all',
      'headers one byte at a time',
      'a body one byte at a time',
      'a body that stalls',
    ]),
    (one) => expectSurvived(one),
  );
});

describe('An answer that breaks the rules of HTTP is dropped, nothing of it is shown, and the next good call succeeds, after', () => {
  it.each([
    ...cases('UPSTREAM_UNAVAILABLE', 1, [
      'a bad status line',
      'what is not HTTP',
      'a header of 64 KB',
      'a moved address',
      'a temporary redirect',
    ]),
    // These end like a socket that was cut, or a body that was: once more, then.
    ...cases('UPSTREAM_UNAVAILABLE', 2, [
      '101',
      '100 for ever',
      'two content lengths',
      'a content length and chunks',
    ]),
  ])('$name, within $attempts attempt(s)', (one) => expectSurvived(one));
});
