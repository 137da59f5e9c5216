import type { Mutant } from './guards.js';

const command = 'src/doctor/command.ts';

/** Guards of the doctor: what it shows, and to whom it sends the key. */
export const doctorGuards: readonly Mutant[] = [
  {
    file: command,
    guard: 'allowPositionals: false',
    without: 'allowPositionals: true',
    noticedBy: 'flow/doctor-command',
  },
  { file: command, guard: 'text.length > maxInputBytes', without: 'false', noticedBy: 'flow/doctor-command' },
  {
    file: 'src/doctor/diagnose.ts',
    guard: 'wrong.length > 0',
    without: 'wrong.length > 9',
    noticedBy: 'flow/doctor.test',
  },
  {
    file: 'src/doctor/redis-checks.ts',
    guard: "(await redis.publish(changesChannel, '')) ? undefined : noChannel",
    without: 'undefined',
    noticedBy: 'flow/doctor-redis',
  },
  {
    file: 'src/doctor/configuration-check.ts',
    guard: "['STACKONE_API_KEY', 'none'],",
    without: '',
    noticedBy: 'flow/doctor.test',
  },
  {
    file: 'src/doctor/configuration-check.ts',
    guard: 'names.every((name) => invalid.has(name))',
    without: 'names.some((name) => invalid.has(name)) || invalid.size > 0',
    noticedBy: 'flow/doctor.test',
  },
  {
    file: 'src/doctor/local-checks.ts',
    guard: 'isDirectory() !== true',
    without: 'isDirectory() !== undefined',
    noticedBy: 'flow/doctor.test',
  },
  {
    file: 'src/doctor/finding.ts',
    guard: "textOf(error, 'name')",
    without: "textOf(error, 'message')",
    noticedBy: 'unit/doctor',
  },
  {
    file: 'src/doctor/redis-checks.ts',
    guard: '{ protocol, host }',
    without: '{ protocol, href: host }',
    noticedBy: 'flow/doctor-redis',
  },
  {
    file: 'src/doctor/stackone-checks.ts',
    guard: "connection.some(({ check, level }) => check === 'connection' && level === 'error')",
    without: 'connection.length > 9',
    noticedBy: 'flow/doctor.test',
  },
  {
    file: 'src/events/state/redis-state.ts',
    guard: 'date.safeParse(await client.get(lastWebhookKey)).data',
    without: 'new Date(String(await client.get(lastWebhookKey)))',
    noticedBy: 'flow/doctor-redis',
  },
  {
    file: 'src/stackone/mappers.ts',
    guard: '  .regex(/^[\\x21-\\x7e]{1,100}$/)\n',
    without: '',
    noticedBy: 'flow/doctor.test',
  },
];
