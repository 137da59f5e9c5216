import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/from-environment.js';
import { listSettings } from '../../src/config/setting-list.js';
import { errorCodes } from '../../src/domain/error-codes.js';
import { maxWebhookBytes } from '../../src/events/webhooks/receiver.js';
import { type Server, startServer } from '../../src/server.js';
import { alertsShape, deploymentShape, kustomizationShape, resourceShapes } from '../support/kubernetes-shapes.js';
import { inPackage, readText } from '../support/package-files.js';

const variables = listSettings().flatMap(({ variable, fileVariable }) => [variable, fileVariable ?? variable]);
const readYaml = (path: string): unknown => parse(readText(path), { merge: true });
const manifest = JSON.parse(readText('package.json'));

const env = { STACKONE_API_KEY: 'key', AUTH_SECRET: 'x'.repeat(32), AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' };
let server: Server;
beforeAll(async () => {
  server = await startServer(loadConfig({ ...env, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent' }));
});
afterAll(() => server.stop());

const defaults = loadConfig(env);

describe('deploy/kubernetes', () => {
  const folder = 'deploy/kubernetes';
  const { spec } = deploymentShape.parse(readYaml(`${folder}/deployment.yaml`));
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const settingOf = (name: string) => {
    const found = container.env.find((entry) => entry.name === name);
    return found !== undefined && 'value' in found ? found.value : '';
  };
  const portNames = container.ports.map(({ name }) => name);

  it.each(Object.keys(resourceShapes))('%s has known fields only, and selects the pods of the deployment', (name) => {
    resourceShapes[name]?.parse(readYaml(`${folder}/${name}`));
    const selects = JSON.stringify(spec.selector.matchLabels).slice(1, -1);
    expect([name, JSON.stringify(readYaml(`${folder}/${name}`))]).toEqual([
      name,
      expect.stringContaining(name === 'ingress.yaml' ? '"service":{"name":"stackone-connect"' : selects),
    ]);
  });

  it('has a kustomization with every resource, and the version of the package', () => {
    const { resources, images } = kustomizationShape.parse(readYaml(`${folder}/kustomization.yaml`));
    const files = readdirSync(inPackage(folder)).filter((name) => name !== 'kustomization.yaml');
    expect([...resources].sort()).toEqual(files.sort());
    expect(images).toEqual([expect.objectContaining({ name: container.image, newTag: manifest.version })]);
  });

  it('sets variables of the server only, with values that it accepts', () => {
    const names = container.env.map(({ name }) => name);
    expect(names.filter((name) => !variables.includes(name))).toEqual([]);
    const values = Object.fromEntries(names.map((name) => [name, settingOf(name) || 'redis://redis:6379']));
    const { STACKONE_API_KEY_FILE, STACKONE_WEBHOOK_SECRET_FILE, ...rest } = values;
    const config = loadConfig({ ...rest, NODE_ENV: 'production', STACKONE_API_KEY: 'key' });
    expect(config.metricsPort).toBe(container.ports.find(({ name }) => name === 'metrics')?.containerPort);
    expect(config.port).toBe(container.ports.find(({ name }) => name === 'http')?.containerPort);
  });

  it('mounts the secrets where the variables look for them', () => {
    const [mount] = container.volumeMounts;
    const paths = pod.volumes.flatMap(({ secret }) => secret.items.map(({ path }) => `${mount?.mountPath}/${path}`));
    expect(paths.sort()).toEqual(
      [settingOf('STACKONE_API_KEY_FILE'), settingOf('STACKONE_WEBHOOK_SECRET_FILE')].sort(),
    );
  });

  it('has probes on paths that the server serves', async () => {
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
    for (const { httpGet } of probes) {
      expect([httpGet.path, (await fetch(`${server.url}${httpGet.path}`)).status]).toEqual([httpGet.path, 200]);
      expect(portNames).toContain(httpGet.port);
    }
    // Readiness ends with a shutdown. A liveness probe on it would kill the pod while it finishes its requests.
    expect(probes.map(({ httpGet }) => httpGet.path)).toEqual(['/livez', '/readyz', '/livez']);
  });

  it('scrapes metrics where the server serves them', async () => {
    const monitor = readText(`${folder}/pod-monitor.yaml`);
    const [, port = '', path = ''] = /port: (\w+), path: ([^,]+)/.exec(monitor) ?? [];
    expect(portNames).toContain(port);
    expect((await fetch(new URL(path, server.metricsUrl))).status).toBe(200);
  });

  it('alerts on metrics, labels and values that exist', async () => {
    alertsShape.parse(readYaml(`${folder}/alerts.yaml`));
    const text = readText(`${folder}/alerts.yaml`);
    const expressions = [...text.matchAll(/^ +expr: (.*)$/gm)].map(([, expression = '']) => expression);
    const metrics = await (await fetch(new URL('/metrics', server.metricsUrl))).text();
    const known = [...metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) =>
      type === 'histogram' ? `${name}_count` : name,
    );
    const used = expressions.map((expression) => /connect_\w+/.exec(expression)?.[0]);
    expect(used.length).toBeGreaterThan(8);
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
    const values = expressions.flatMap((expression) => /\{(\w+)="(\w+)"\}/.exec(expression)?.slice(1).join() ?? []);
    const codes = errorCodes.map((code) => `code,${code}`);
    expect(values.filter((value) => !codes.includes(value)).sort()).toEqual(['outcome,lost', 'outcome,unsigned']);
    const operations = readText('docs/operations.md');
    expect(['lost', 'unsigned'].filter((outcome) => !operations.includes(`\`${outcome}\``))).toEqual([]);
    const settings = [...text.matchAll(/\b[A-Z]+_[A-Z_]+\b/g)].map(([name]) => name);
    expect(settings.filter((name) => !variables.includes(name) && !codes.includes(`code,${name}`))).toEqual([]);
  });

  it('fires for a single increase: its series begins at 0, and no alert on one has to last as long as its window', async () => {
    const rules = readText(`${folder}/alerts.yaml`).split('- alert: ');
    const onIncrease = rules.filter((rule) => /^ +expr: .*\bincrease\(/m.test(rule));
    expect(onIncrease.length).toBeGreaterThan(2);
    for (const rule of onIncrease) {
      const minutes = (pattern: RegExp) => Number(pattern.exec(rule)?.[1] ?? 0);
      expect([rule, minutes(/^ +for: (\d+)m$/m) < minutes(/\[(\d+)[mh]\]/)]).toEqual([rule, true]);
    }
    const fresh = await startServer(loadConfig({ ...env, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent' }));
    const lines = (await (await fetch(new URL('/metrics', fresh.metricsUrl))).text()).split('\n');
    await fresh.stop();
    for (const rule of rules.slice(1)) {
      // Each selector of the expression, such as `connect_webhooks_total{outcome="unsigned"}`, without its last brace.
      const counters = [...rule.matchAll(/\((connect_\w+_total(?:\{[^}]*)?)\}?\[/g)].map(([, name = '']) => name);
      for (const counter of counters) {
        const series = lines.filter((line) => line.startsWith(counter)).map((line) => line.split(' ')[1]);
        expect([counter, [...new Set(series)]]).toEqual([counter, ['0']]);
      }
      // The number of requests shows only that there are some.
      const isOnCounter = /\b(rate|increase)\((?!connect_request_duration_seconds_count\[)/.test(rule);
      expect([rule, counters.length]).toEqual([rule, isOnCounter ? 1 : 0]);
    }
  });

  it('lets a pod finish: the shutdown is shorter than the time until the pod is killed', () => {
    const seconds = Number(settingOf('SHUTDOWN_GRACE_SECONDS')) + Number(settingOf('SHUTDOWN_TIMEOUT_SECONDS'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(pod.terminationGracePeriodSeconds);
    // The pod leaves the endpoints after a failed probe, long before the end of the grace period.
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(periodSeconds * failureThreshold).toBeLessThan(Number(settingOf('SHUTDOWN_GRACE_SECONDS')));
  });

  it('runs as the user of the image', () => {
    const [, user, group] = /^USER (\d+):(\d+)$/m.exec(readText('deploy/Dockerfile')) ?? [];
    expect([pod.securityContext.runAsUser, pod.securityContext.runAsGroup]).toEqual([Number(user), Number(group)]);
  });
});

const serviceShape = z.looseObject({
  image: z.string(),
  build: z.strictObject({ context: z.literal('..'), dockerfile: z.string(), target: z.string() }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
});

describe('deploy/compose.yaml', () => {
  const { services } = z
    .looseObject({ services: z.record(z.string(), serviceShape) })
    .parse(readYaml('deploy/compose.yaml'));
  const entries = Object.entries(services);
  const servers = entries.filter(([name]) => name.startsWith('connect-'));

  it('sets variables of the server only, with values that it accepts', () => {
    expect(servers.length).toBe(2);
    for (const [, { environment, stop_grace_period = '' }] of servers) {
      expect(Object.keys(environment).filter((name) => !variables.includes(name))).toEqual([]);
      const { shutdownGraceSeconds, shutdownTimeoutSeconds } = loadConfig(environment);
      expect(shutdownGraceSeconds + shutdownTimeoutSeconds).toBeLessThan(Number(stop_grace_period.replace(/s$/, '')));
    }
  });

  it('names services and stages that exist', () => {
    const stages = [...readText('deploy/Dockerfile').matchAll(/^FROM .* AS (\w+)$/gm)].map((match) => match[1]);
    for (const [name, { build, depends_on, environment }] of entries) {
      const urls = Object.values(environment).flatMap((value) => /^\w+:\/\/([\w-]+)/.exec(value)?.[1] ?? []);
      const named = [...Object.keys(depends_on), ...urls];
      expect([name, named.filter((other) => !(other in services))]).toEqual([name, []]);
      expect(build === undefined || stages.includes(build.target)).toBe(true);
    }
  });

  it('has a health check for each service that another one waits for', () => {
    const awaited = entries.flatMap(([, { depends_on }]) => Object.keys(depends_on));
    // The health check of the servers is in the image.
    const checked = entries.filter(([name, { healthcheck }]) => healthcheck ?? name.startsWith('connect-'));
    expect(awaited.filter((name) => !checked.some(([other]) => other === name))).toEqual([]);
  });

  it('opens ports on this machine only', () => {
    const ports = entries.flatMap(([, service]) => service.ports);
    expect(ports).toEqual(['127.0.0.1:8080:8080', '127.0.0.1:4010:4010']);
  });
});

describe('deploy/nginx.conf', () => {
  const config = readText('deploy/nginx.conf');
  const stream = /location = \/graphql\/stream \{([^}]*)\}/.exec(config)?.[1] ?? '';

  it('uses the instances of the compose file', () => {
    const instances = [...config.matchAll(/server (connect-\d):(\d+)/g)].map(([, name, port]) => `${name}:${port}`);
    expect(instances).toEqual(['connect-1:4000', 'connect-2:4000']);
    expect(config).toMatch(/^ {4}listen 8080;$/m);
  });

  it('does not buffer event streams, and closes none between two comments of the server', () => {
    expect(stream).toContain('proxy_buffering off;');
    expect(stream).toContain('proxy_read_timeout 75s;');
    expect(readText('docs/account-events.md')).toContain('A comment every 15 seconds');
  });

  it('closes idle connections before the server does', () => {
    expect(Number(/keepalive_timeout (\d+)s;/.exec(config)?.[1])).toBeLessThan(defaults.keepAliveSeconds);
  });

  it('accepts the largest headers and the largest body of the server', () => {
    expect(config).toContain(`large_client_header_buffers 4 ${(defaults.authMaxTokenBytes + 16_384) / 1024}k;`);
    expect(config).toContain(`client_max_body_size ${maxWebhookBytes / 1024}k;`);
  });

  it('waits for a slow client as long as the server does', () => {
    const server = readText('src/http/server.ts');
    const secondsOf = (name: string) => Number(new RegExp(`${name}: (\\d+)_000,`).exec(server)?.[1]);
    expect(config).toContain(`client_header_timeout ${secondsOf('headersTimeout')}s;`);
    expect(config).toContain(`client_body_timeout ${secondsOf('requestTimeout')}s;`);
  });

  it('passes on paths of the server only', async () => {
    const paths = [...config.matchAll(/location (?:= )?(\/\w[^ ]*) \{/g)].map((match) => match[1] ?? '');
    expect(paths.sort()).toEqual(['/graphql', '/graphql/stream', '/playground', '/readyz', '/webhooks/stackone']);
    expect(config).toMatch(/location \/ \{\n {6}return 404;/);
  });
});

describe('deploy/Dockerfile', () => {
  const stages = readText('deploy/Dockerfile').split(/^(?=FROM )/m);
  const last = stages.at(-1) ?? '';

  it('ends with the server, as a user without privileges', () => {
    expect(last).toMatch(/^FROM runtime AS server\n/);
    expect(stages.find((stage) => stage.includes('AS runtime'))).toMatch(/^USER 10001:10001$/m);
    expect(last).not.toMatch(/^(USER|RUN|ADD)/m);
  });

  it('copies into the image only what was built, from the stage with the recommended Node.js version', () => {
    const [, major] = /ARG BUILD_IMAGE=\S+:(\d+)-/.exec(readText('deploy/Dockerfile')) ?? [];
    expect(readText('README.md')).toContain(`${major} (recommended)`);
    const copies = [...last.matchAll(/^COPY (.*)$/gm)].map((match) => match[1]);
    expect(copies.length).toBe(3);
    expect(copies.filter((copy) => !copy?.startsWith('--from=build /app/dist/'))).toEqual([]);
  });

  it('sets variables of the server only, and checks the health where the server answers', async () => {
    const names = [...(/^ENV (.*)$/m.exec(last)?.[1] ?? '').matchAll(/(\w+)=/g)].map((match) => match[1] ?? '');
    expect(names).toEqual(['NODE_ENV', 'HOST', 'PORT']);
    expect(last).toMatch(new RegExp(`^EXPOSE ${defaults.port}$`, 'm'));
    expect(last).toContain('process.env.PORT}/readyz`');
  });

  it('gets nothing but listed files from the folder, so that no secret reaches the builder', () => {
    const rules = readText('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(rules[0]).toBe('*');
    expect(rules.slice(-3)).toEqual(['**/.env*', '**/dist', '**/node_modules']);
    const allowed = rules.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(allowed.filter((path) => /^\.|\*/.test(path))).toEqual([]);
  });
});
