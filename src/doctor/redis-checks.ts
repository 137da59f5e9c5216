import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/settings.js';
import { RedisClient } from '../egress/redis.js';
import { changesChannel } from '../events/redis-fanout.js';
import { MemoryState } from '../events/state/memory-state.js';
import { RedisState } from '../events/state/redis-state.js';
import { createRateLimits, type RateLimits } from '../linking/limits/rate-limits.js';
import { explainCode } from './connection-failure.js';
import { doctorOwner, error, type Finding, ok, unknown, warning } from './finding.js';
import { RecordingLogger } from './recording-logger.js';

const connectTimeoutMs = 3_000;
const pollMs = 10;

type Settings = Pick<Config, 'redisUrl' | 'webhookSecret' | 'rateLimitPerOwnerPerMinute' | 'rateLimitTotalPerMinute'>;

/** Redis, and the last webhook, which only Redis knows for all instances. */
export async function checkRedis(config: Settings): Promise<readonly Finding[]> {
  const { redisUrl, webhookSecret } = config;
  if (redisUrl === undefined) {
    return [
      ok('redis', 'REDIS_URL is not set: each instance counts its own requests. Set it for several instances.'),
      webhookSecret === undefined ? webhooksOff : unknown('webhooks', `${secretIsSet} ${onlyRedisKnows}`),
    ];
  }
  const url = redisUrl.reveal();
  const logger = new RecordingLogger();
  const redis = await RedisClient.connect(url, logger, () => undefined);
  try {
    const state = new RedisState(redis, new MemoryState());
    const limits = createRateLimits(config, redis);
    const reason = await findFailure(redis, { state, limits }, logger);
    if (reason !== undefined) {
      const webhooks = unknown(
        'webhooks',
        `${secretIsSet} It is not known when the last webhook arrived, because Redis does not work.`,
      );
      return [describeFailure(reason, url), webhookSecret === undefined ? webhooksOff : webhooks];
    }
    const works = ok('redis', 'Redis works: all instances share the rate limits.');
    return [works, webhookSecret === undefined ? webhooksOff : describeWebhooks(await state.lastWebhook())];
  } finally {
    redis.close();
  }
}

const webhooksOff = warning(
  'webhooks',
  'Webhooks are off without a valid STACKONE_WEBHOOK_SECRET: only the search for broken accounts finds changes.',
  'Register a webhook in StackOne, and set its secret.',
);
const secretIsSet = 'STACKONE_WEBHOOK_SECRET is set.';
const onlyRedisKnows = 'Without REDIS_URL, only the instances themselves know when the last webhook arrived.';

/**
 * Waits for the connection, and then uses each kind of command that the server uses: the user in Redis can be allowed some
 * of them only. What it writes expires. @returns why Redis does not work
 */
async function findFailure(
  redis: RedisClient,
  { state, limits }: { readonly state: RedisState; readonly limits: RateLimits },
  logger: RecordingLogger,
): Promise<string | undefined> {
  const failure = () => logger.lastOf('redis-gone', 'reason');
  const deadline = performance.now() + connectTimeoutMs;
  while (!redis.client.isReady && failure() === undefined && performance.now() < deadline) {
    await sleep(pollMs);
  }
  if (!redis.client.isReady) {
    return failure() ?? noResponse;
  }
  await state.claim('doctor', 1);
  await state.removeBroken('doctor');
  // Rejected where a limit is reached, or where Redis does not work.
  await Promise.allSettled([
    state.knownBroken(),
    limits.takeRequest({ priority: 'background', ownerId: undefined }),
    limits.takeLookup(doctorOwner.id),
  ]);
  return failure() ?? ((await redis.publish(changesChannel, '')) ? undefined : noChannel);
}

const noChannel = 'the channel is refused';
const noResponse = 'no response in time';
const checkScheme = 'rediss: is for a Redis with TLS, redis: for one without.';
const noClientCertificate = 'set tls-auth-clients to no: this server has no client certificate.';
const slow = [
  'Redis does not respond in time',
  `Check the host, the port and the scheme in REDIS_URL, and the firewall: ${checkScheme}`,
] as const;

const allowAll = 'Allow this in the ACL of Redis: ~stackone-connect:* &stackone-connect:* +@all -@dangerous.';

/** The codes at the beginning of Redis's own messages, and the reasons of `egress/redis`. */
const explanations: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  WRONGPASS: [
    'Redis rejects the user name or the password in REDIS_URL',
    'Correct them. Percent-encode special characters, such as %40 for @.',
  ],
  NOAUTH: ['Redis requires a password', 'Add it to REDIS_URL: redis://:<password>@<host>:<port>.'],
  ERR: [
    'Redis refuses a command',
    'If this Redis has no password, remove it from REDIS_URL. If the URL ends with the number of a database, check that Redis has it.',
  ],
  NOPERM: ['The user in REDIS_URL may not use the commands of this server', allowAll],
  [noChannel]: ['The user in REDIS_URL may not publish account changes', allowAll],
  READONLY: ['REDIS_URL leads to a read-only replica', 'Use the address of the primary.'],
  MOVED: ['REDIS_URL leads to a node of a Redis cluster', 'Use a Redis without cluster mode.'],
  OOM: ['Redis has no memory left', 'Raise its maxmemory, or set an eviction policy.'],
  'the connection failed': [
    'Redis closes the connection',
    `Check the scheme in REDIS_URL: ${checkScheme} In a Redis with TLS, ${noClientCertificate}`,
  ],
  ETIMEDOUT: slow,
  [noResponse]: slow,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: [
    'Redis requires a client certificate',
    `In Redis, ${noClientCertificate}`,
  ],
  LOADING: ['Redis still loads its data', 'Run the doctor again later.'],
};

function describeFailure(reason: string, url: string): Finding {
  const [problem, fix] = explanations[reason] ?? [];
  if (problem !== undefined && fix !== undefined) {
    return error('redis', `${problem} (${reason}).`, fix);
  }
  const { protocol, host } = new URL(url);
  const target = { name: 'Redis', variable: 'REDIS_URL', address: `${protocol}//${host}` };
  const connection = explainCode(reason, target) ?? {
    message: `Redis does not work (${reason}).`,
    fix: 'Check REDIS_URL.',
  };
  return error('redis', connection.message, connection.fix);
}

function describeWebhooks(last: Date | undefined): Finding {
  return last === undefined
    ? unknown(
        'webhooks',
        `${secretIsSet} No webhook with a valid signature has arrived yet.`,
        'Register the URL of POST /webhooks/stackone in StackOne, and link an account: StackOne then sends one.',
      )
    : ok('webhooks', `${secretIsSet} The last webhook with a valid signature arrived at ${last.toISOString()}.`);
}
