import { expect, it, jest } from '@jest/globals';
import { MemoryState } from '../../src/events/state/memory-state.js';

it('A mark that is claimed again ends when it would have ended without that', async () => {
  const clock = jest.spyOn(performance, 'now');
  const state = new MemoryState();
  const claims: boolean[] = [];
  for (const seconds of [1, 7, 13]) {
    clock.mockReturnValue(seconds * 1000);
    claims.push(await state.claim('mark', 10));
    // The cache keeps the time that it has read for a millisecond.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(claims).toEqual([true, false, true]);
  clock.mockRestore();
});
