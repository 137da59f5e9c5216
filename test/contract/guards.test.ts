import { describe, expect, it } from '@jest/globals';
import { mutants } from '../mutants/guards.js';
import { readText } from '../support/package-files.js';

describe('the list of guards', () => {
  it('has at least thirty, each of which stands exactly once where it says', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(30);
    const lost = mutants.filter(({ file, guard }) => readText(file).split(guard).length !== 2);
    expect(lost.map(({ file, guard }) => `${file}: ${guard}`)).toEqual([]);
  });
});
