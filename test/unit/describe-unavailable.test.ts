import { expect, it } from '@jest/globals';
import { describeUnavailable, type ProviderAvailability } from '../../client/src/index.js';

it.each<[boolean, ProviderAvailability, string | null]>([
  [true, 'AVAILABLE', null],
  [true, 'NOT_ALLOWED', 'Your plan does not include this provider.'],
  [true, 'LIMIT_REACHED', 'Your plan does not allow further accounts.'],
  [false, 'AVAILABLE', 'Ask an administrator of your organization to manage connections.'],
  [false, 'NOT_ALLOWED', 'Ask an administrator of your organization to manage connections.'],
])('describeUnavailable: canManage %p, %s → %p', (canManage, availability, reason) => {
  expect(describeUnavailable({ canManage }, { availability })).toBe(reason);
});
