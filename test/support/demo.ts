import { type Demo, startDemo } from '../../demo/start-demo.js';

/** The demo as `npm start` runs it, on free ports and silent. Its page comes from `dist`: build first. */
export function startTestDemo(): Promise<Demo> {
  return startDemo({
    PORT: '0',
    EMULATOR_PORT: '0',
    LOG_LEVEL: 'silent',
    // A test is quicker than a person.
    RATE_LIMIT_PER_OWNER_PER_MINUTE: '1000',
  });
}
