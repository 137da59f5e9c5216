import { type Demo, startDemo } from '../../demo/start-demo.js';
import { tenants } from '../../demo/tenants.js';
import { loadConfig } from '../../src/config.js';

/** Starts the demo on free ports and without logs. Its page comes from `dist`: build first. */
export async function startTestDemo(): Promise<Demo> {
  const config = loadConfig({
    PORT: '0',
    EMULATOR_PORT: '0',
    LOG_LEVEL: 'silent',
    // Tests send more requests than a person.
    RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000',
  });
  if (config.mode !== 'demo') {
    throw new Error('The configuration without an API key must start the demo');
  }
  return startDemo(config);
}

/** Fields with which the emulator assigns a linked account to a customer of the demo. */
export const tenantOwner = (
  { ownerId, ownerName }: (typeof tenants)[keyof typeof tenants] = tenants.acme,
) => ({
  origin_owner_id: ownerId,
  origin_owner_name: ownerName,
});
