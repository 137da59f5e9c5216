import { expect, it } from '@jest/globals';
import { pauseAskedFor } from '../../src/events/delivery.js';

it.each([
  [429, '7', 7_000],
  [503, '7', 7_000],
  [429, '86400', 300_000],
  [503, 'Fri, 31 Dec 9999 23:59:59 GMT', 300_000],
  [503, 'Fri, 31 Dec 1999 23:59:59 GMT', 1_000],
  [429, 'soon', 60_000],
  [429, null, 0],
  [500, '7', 0],
  [302, '7', 0],
])('a receiver that responds with %i and Retry-After %p asks for a pause of %i ms', (status, header, ms) => {
  expect(pauseAskedFor(status, header)).toBe(ms);
});
