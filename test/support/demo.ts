import { type Demo, startDemo } from '../../demo/start-demo.js';
import { tenants } from '../../demo/tenants.js';

/** Starts the demo on free ports and without logs. Its page comes from `dist`: build first. */
export function startTestDemo(): Promise<Demo> {
  return startDemo({
    PORT: '0',
    EMULATOR_PORT: '0',
    LOG_LEVEL: 'silent',
    // A sweep would use up the failures of a test.
    SWEEP_INTERVAL_SECONDS: '86400',
    // Tests send more requests than a person.
    RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000',
  });
}

/** Fields with which the emulator assigns a linked account to a customer of the demo. */
export const tenantOwner = ({ ownerId, ownerName }: (typeof tenants)[keyof typeof tenants] = tenants.acme) => ({
  origin_owner_id: ownerId,
  origin_owner_name: ownerName,
});
