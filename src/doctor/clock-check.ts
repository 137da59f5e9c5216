import type { Probe } from '../egress/probe.js';
import { error, type Finding, ok, unknown, warning } from './finding.js';

/** The header `Date` has whole seconds, and access tokens are accepted with a tolerance of five. */
const toleratedSeconds = 5;
const severeSeconds = 60;

/** Compares the clock of this machine with the header `Date` of StackOne. */
export function checkClock({ serverTime, ownTime, milliseconds }: Probe): Finding {
  if (serverTime === undefined) {
    return unknown('clock', 'The clock cannot be checked, because the response of StackOne has no Date header.');
  }
  const seconds = Math.round((ownTime.getTime() - serverTime.getTime()) / 1000);
  const difference = Math.abs(seconds);
  if (difference <= toleratedSeconds + milliseconds / 2000) {
    return ok('clock', `The clocks of this machine and of StackOne differ by ${difference} s.`);
  }
  const message = `The clock of this machine is ${difference} s ${seconds > 0 ? 'ahead of' : 'behind'} that of StackOne.`;
  const fix =
    'Synchronize the clock of this machine (NTP). A wrong clock rejects valid access tokens and webhooks, and accepts expired tokens.';
  return difference < severeSeconds ? warning('clock', message, fix) : error('clock', message, fix);
}
