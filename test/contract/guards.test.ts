import { describe, expect, it } from '@jest/globals';
import { mutants } from '../mutants/guards.js';
import { readText } from '../support/package-files.js';

describe('mutants', () => {
  it('number at least thirty, and each guard occurs exactly once in its file', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(30);
    const invalid = mutants.filter(({ file, guard }) => readText(file).split(guard).length !== 2);
    expect(invalid.map(({ file, guard }) => `${file}: ${guard}`)).toEqual([]);
  });
});
