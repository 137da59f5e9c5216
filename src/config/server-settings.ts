import { z } from 'zod';
import {
  developmentFlag,
  flag,
  portNumber,
  portText,
  seconds,
  secret,
  serviceUrl,
  setting,
  toList,
  toNumber,
  webOrigin,
} from './setting.js';

/** The settings that only the standalone server has, besides those of access tokens. A part of the table in `settings`. */
export function createServerSettings(production: boolean) {
  const url = serviceUrl(production, { mayHaveQuery: false });
  return {
    eventsUrl: setting(
      url.schema.transform((text) => new URL(text)).optional(),
      'EVENTS_URL',
      'URL of your product. The server sends each account change to it as a POST request, signed with `EVENTS_SECRET` as Standard Webhooks describes. Must use HTTPS in production.',
      ...url.texts,
    ),
    eventsSecret: setting(
      secret((text) => /^(whsec_)?[A-Za-z0-9+/]{32,}={0,2}$/.test(text)).optional(),
      'EVENTS_SECRET',
      'Secret that signs the requests to `EVENTS_URL`: at least 24 bytes as base64, with or without the prefix `whsec_`. Required with `EVENTS_URL`.',
      'at least 24 bytes as base64, with or without the prefix whsec_',
      { canBeFile: true },
    ),
    auditLog: setting(
      z
        .string()
        .regex(/^(off|stdout|.*\/.*)$/)
        .default('off'),
      'AUDIT_LOG',
      'Where the server writes a JSON line for each attempt to connect, confirm or delete an account: `off`, `stdout`, or the path of a file such as `/var/log/connect-audit.jsonl`. After SIGHUP, the server opens the file again.',
      'off, stdout or the path of a file with a slash in it',
    ),
    host: setting(
      z
        .string()
        .regex(/^[A-Za-z0-9.:-]+$/)
        .default('127.0.0.1'),
      'HOST',
      'Host name or IP address to listen on. `0.0.0.0` listens on all IPv4 interfaces, and `::` on all IPv6 and IPv4 interfaces.',
      'a host name or an IP address',
    ),
    port: setting(portNumber.default(4000), 'PORT', 'Port to listen on, 0–65,535. 0 takes any free port.', portText, {
      fromText: toNumber,
    }),
    metricsPort: setting(
      portNumber.optional(),
      'METRICS_PORT',
      'Port for Prometheus metrics at `GET /metrics` on `HOST`, 0–65,535.',
      portText,
      { fromText: toNumber, defaultText: 'no metrics' },
    ),
    corsOrigins: setting(
      z.array(webOrigin).default([]),
      'CORS_ORIGINS',
      'Comma-separated list of allowed CORS origins, such as `https://app.example.com`. No paths and no wildcards. Pages of these origins can send any request header.',
      'a comma-separated list of origins such as https://app.example.com (in lower case, no default port, no path, no / at the end, no *)',
      { fromText: toList, defaultText: 'same origin only' },
    ),
    corsCredentials: flag(
      'CORS_CREDENTIALS',
      false,
      "`true` lets pages of the allowed CORS origins send requests with `credentials: 'include'`.",
    ),
    keepAliveSeconds: seconds(
      'KEEP_ALIVE_SECONDS',
      1,
      3600,
      65,
      'Time in seconds, 1–3600, that an idle connection stays open. It must be longer than the idle timeout of the load balancer in front of the server.',
    ),
    shutdownGraceSeconds: seconds(
      'SHUTDOWN_GRACE_SECONDS',
      0,
      300,
      5,
      'Time in seconds after SIGTERM, 0–300, in which the server still accepts connections, so that load balancers can remove it from their list.',
    ),
    maxEventLoopDelayMs: setting(
      z.int().min(50).max(10_000).default(250),
      'MAX_EVENT_LOOP_DELAY_MS',
      'Average delay of the event loop in milliseconds, 50–10,000, above which the server refuses new operations with `OVERLOADED`.',
      'a whole number of milliseconds from 50 to 10000',
      { fromText: toNumber },
    ),
    shutdownTimeoutSeconds: seconds(
      'SHUTDOWN_TIMEOUT_SECONDS',
      1,
      300,
      10,
      'Time in seconds after the grace period, 1–300, in which requests in flight can finish.',
    ),
    playground: developmentFlag(
      'PLAYGROUND',
      production,
      'Whether browsers get the GraphiQL playground at `GET /graphql`: `true` or `false`.',
    ),
  };
}
