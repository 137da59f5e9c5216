import { type Demo, startDemo } from '../../demo/start-demo.js';
import { loadConfig } from '../../src/config.js';

/** The demo as `npm start` runs it, on free ports and silent. Its page comes from `dist`: build first. */
export async function startTestDemo(): Promise<Demo> {
  const config = loadConfig({
    PORT: '0',
    EMULATOR_PORT: '0',
    LOG_LEVEL: 'silent',
    // A test is quicker than a person.
    RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000',
  });
  if (config.mode !== 'demo') throw new Error('Without a key there is nothing but the demo');
  return startDemo(config);
}
