import { describe, expect, it } from '@jest/globals';
import { cases, expectFailed, expectSurvived, onStage, until } from '../support/fault-cases.js';
import { faults } from '../support/faults.js';

describe('A body that is cut is asked for once more, nothing of it is shown, and the next good call succeeds, after', () => {
  it.each(
    cases('UPSTREAM_UNAVAILABLE', 2, [
      'a reset inside the body',
      'a close inside the body',
      'a chunk that is cut',
      'chunks without an end',
    ]),
  )('$name', (one) => expectSurvived(one));
});

describe('A body that cannot be used is not asked for again, nothing of it is shown, and the next good call succeeds, after', () => {
  it.each(
    cases('UPSTREAM_UNAVAILABLE', 1, [
      'garbage for a chunk',
      'a page with 200',
      'an empty 201',
      'a 204',
      'half a JSON',
      'no token',
      'a token that is null',
      'a token that is empty',
      'a token that is a number',
      'a token that is an object',
      'a list',
      'a token by way of __proto__',
      'another owner’s session',
      'a body that never ends',
      'a huge content length',
      'a gzip bomb',
      'bytes that are not UTF-8',
    ]),
  )('$name', (one) => expectSurvived(one));
});

describe('What is too large is not waited for:', () => {
  it.each(['a body that never ends', 'a huge content length', 'a gzip bomb'] as const)(
    '%s is answered at once, and its socket is closed',
    (name) =>
      onStage(async (stage) => {
        stage.upstream.play(faults[name]);
        const start = performance.now();
        await expectFailed(stage, { code: 'UPSTREAM_UNAVAILABLE', attempts: 1 });
        // Far from any timeout.
        expect(performance.now() - start).toBeLessThan(2_000);
        await until(() => stage.upstream.requests.every(({ gone }) => gone.aborted), 'its socket is closed');
      }),
  );
});
