import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CanaryApp, startCanaryApp } from '../support/canary-app.js';
import { readText, sourceFiles } from '../support/package-files.js';

/** Compares docs/operations.md with the log lines, metrics and alerts of a running server. */
let app: CanaryApp;
beforeAll(async () => {
  app = await startCanaryApp();
});
afterAll(() => app.stop());

const text = readText('docs/operations.md');
const section = (title: string) => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const spansIn = (markdown: string) => [...markdown.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
/** The code spans of the first cell of each row. */
const namesOf = (markdown: string) =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => spansIn(line.split('|')[1] ?? ''));

const linesOf = (logged: string): Record<string, unknown>[] =>
  logged
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('Log lines', () => {
  const logging = section('Log lines');
  const documented = Object.keys(JSON.parse(/```json\n(.*)\n```/.exec(logging)?.[1] ?? '{}'));
  const mutation = 'mutation createConnectSession { createConnectSession { token userErrors { code } } }';

  it('A successful request has exactly the documented fields, in the documented order', async () => {
    const { line } = await app.runOperation(mutation);
    expect(Object.keys(line)).toEqual(documented);
    expect(line).toMatchObject({
      level: 'info',
      requestId: expect.stringMatching(/^[\w-]{36}$/),
      operation: 'createConnectSession',
      field: 'createConnectSession',
      owner: expect.stringMatching(/^[\w-]{12}$/),
      code: 'ok',
      status: 200,
      milliseconds: expect.any(Number),
      upstreamAttempts: 1,
      upstreamMilliseconds: expect.any(Number),
    });
  });

  it('A failed request has no other field except the reason', async () => {
    expect(logging).toContain('`reason`');
    const bad = { authorization: 'Bearer x', 'content-type': 'application/json' };
    const seen = [
      await app.runOperation('{'),
      await app.runOperation('{ nothing }'),
      await app.runOperation('{ linkedAccounts(first: 0) { nodes { id } } }'),
      await app.runOperation('mutation { createConnectSession(provider: "A") { userErrors { code } } }'),
      await app.send({ method: 'POST', path: '/graphql', headers: bad, body: '{"query":"{ __typename }"}' }),
      await app.send({ method: 'POST', path: '/graphql', headers: bad, body: '{' }),
    ];
    for (const { line, status } of seen) {
      expect(line).toMatchObject({ msg: 'request', status });
      expect(line['code']).not.toBe('ok');
      expect([...documented, 'reason']).toEqual(expect.arrayContaining(Object.keys(line)));
    }
  });

  it('A user error without its code is logged as USER_ERROR, without `userErrors` as ok', async () => {
    const codeOf = async (selection: string) =>
      (await app.runOperation(`mutation { createConnectSession(provider: "A") { ${selection} } }`)).line['code'];
    expect([await codeOf('userErrors { message }'), await codeOf('errors: userErrors { code }')]).toEqual([
      'USER_ERROR',
      'ok',
    ]);
    expect(await codeOf('token')).toBe('ok');
    expect(logging).toContain('`USER_ERROR` if the client selected `userErrors` without the code.');
    expect(logging).toContain('or gave the field another name, a user error is logged as `ok`.');
  });

  it('The document explains each field of the example, the reason and the ids of a trace', () => {
    const standard = ['level', 'time', 'msg'];
    const explained = [...documented.filter((name) => !standard.includes(name)), 'reason', 'trace_id', 'span_id'];
    expect(namesOf(logging).sort()).toEqual(explained.sort());
  });

  it('A valid request id is logged, returned in the response and sent to StackOne, with the trace context', async () => {
    const headers = {
      authorization: `Bearer ${app.tokens[0]}`,
      'content-type': 'application/json',
      'x-request-id': 'from.a-proxy_1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    };
    const request = { method: 'POST', path: '/graphql', headers, body: JSON.stringify({ query: mutation }) };
    const { response, logged } = await app.send(request);
    expect(response).toMatch(/^x-request-id: from\.a-proxy_1$/m);
    expect(linesOf(logged).map(({ requestId, msg }) => [requestId, msg])).toEqual([
      ['from.a-proxy_1', 'upstream'],
      ['from.a-proxy_1', 'request'],
    ]);
    const ids = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };
    expect(linesOf(logged)).toMatchObject([ids, ids]);
    expect(app.emulator.history.at(-1)?.headers).toMatchObject({
      'x-request-id': 'from.a-proxy_1',
      traceparent: headers.traceparent,
    });
  });

  it('The duration of a request is in the log line and in the metrics', async () => {
    app.emulator.failNext({ kind: 'delay', delayMs: 300 });
    const { line } = await app.runOperation(mutation);
    const metrics = await (await fetch(`${app.metricsUrl}/metrics`)).text();
    const sum = /^connect_request_duration_seconds_sum\{field="createConnectSession",code="ok"\} (\S+)$/m;
    const [milliseconds, upstream] = [line['milliseconds'], line['upstreamMilliseconds']].map(Number);
    expect(upstream).toBeGreaterThan(290);
    expect(milliseconds).toBeGreaterThanOrEqual(upstream ?? 0);
    expect(Number(sum.exec(metrics)?.[1]) * 1000).toBeGreaterThan(290);
  });

  it('A failed attempt to call StackOne has a line with exactly the chosen fields', async () => {
    app.emulator.failNext({ kind: 'status', status: 403 });
    const { logged } = await app.runOperation(mutation);
    const attempt = linesOf(logged).find(({ msg }) => msg === 'upstream');
    expect(Object.keys(attempt ?? {}).sort()).toEqual(
      ['alert', 'code', 'endpoint', 'level', 'milliseconds', 'msg', 'reason', 'requestId', 'time'].sort(),
    );
    expect(attempt).toMatchObject({ level: 'error', alert: 'upstream-misconfigured' });
  });
});

describe('Metrics', () => {
  it('The document lists every metric of this project with its labels, and no metric that does not exist', async () => {
    await app.runOperation('{ linkedAccounts { nodes { id } } }');
    const metrics = await (await fetch(`${app.metricsUrl}/metrics`)).text();
    const all = [...metrics.matchAll(/^# TYPE (\w+) /gm)].map((match) => match[1] ?? '');
    const labelsOf = (name: string) => {
      const labels = new RegExp(`^${name}(?:_count)?\\{([^}]*)\\}`, 'm').exec(metrics)?.[1];
      return labels === undefined ? '' : `{${labels.replace(/="[^"]*"/g, '')}}`;
    };
    const documented = namesOf(section('Metrics'));
    const ours = all.filter((name) => name.startsWith('connect_')).map((name) => `${name}${labelsOf(name)}`);
    expect(documented.filter((name) => name.startsWith('connect_')).sort()).toEqual(ours.sort());
    expect(all).toEqual(expect.arrayContaining(documented.map((name) => name.replace(/\{.*/, ''))));
    expect(documented.length).toBeGreaterThan(ours.length);
  });
});

describe('Alerts', () => {
  it('The document has a row for each alert in the source, and no other', () => {
    const raised = sourceFiles('src').flatMap((path) =>
      [...readText(path).matchAll(/\balert: '([^']+)'/g)].map((match) => match[1]),
    );
    expect(
      namesOf(section('Alerts'))
        .filter((name) => name !== 'alert')
        .sort(),
    ).toEqual([...new Set(raised)].sort());
  });
});

describe('Doctor', () => {
  it('The document has each check of the doctor, and no other', () => {
    const source = sourceFiles('src/doctor').map(readText).join('\n');
    const checks = [...source.matchAll(/\b(?:ok|warning|error|unknown|attempt|runCheck)\(\s*'([a-z]+)'/g)];
    const reported = [...new Set(checks.map((match) => match[1]))];
    expect(reported.length).toBeGreaterThan(15);
    expect(namesOf(section('Doctor')).sort()).toEqual(reported.sort());
  });
});

describe('List limits', () => {
  it('The document has the limits of the source', () => {
    const source = (path: string) => (name: string) => {
      const [, product = ''] = new RegExp(`const ${name} = ([\\d_ *]+);`).exec(readText(path)) ?? [];
      return product.split('*').reduce((value, factor) => value * Number(factor.replaceAll('_', '')), 1);
    };
    const [list, api, reader, catalog] = [
      'linking/account-list',
      'stackone/api',
      'stackone/list-reader',
      'stackone/provider-reader',
    ].map((name) => source(`src/${name}.ts`));
    const mebibytes = (bytes = 0) => `${bytes / 1024 / 1024} MiB`;
    const rows = `${new Intl.NumberFormat('en').format(reader?.('maxRows') ?? 0)} rows`;
    expect(section('List limits')).toContain(
      `| ${list?.('maxPages')} pages of ${api?.('accountsPageSize')} accounts, ${rows}, ${mebibytes(list?.('maxTotalBytes'))} in total, ${mebibytes(api?.('maxAccountsBytes'))} for each page |`,
    );
    expect(section('List limits')).toContain(
      `| ${catalog?.('maxPages')} pages of ${catalog?.('pageSize')} rows, ${rows}, ${mebibytes(catalog?.('maxTotalBytes'))} in total, ${mebibytes(catalog?.('maxPageBytes'))} for each page |`,
    );
  });
});

describe('Health checks', () => {
  it('The document has each state that /readyz reports, and no other', () => {
    const source = readText('src/observability/health.ts');
    const statesOf = (property: string) => {
      const [, union = ''] = new RegExp(`^ {2}${property}: ('.*');$`, 'm').exec(source) ?? [];
      return union.split(' | ').map((state) => `\`${state.replaceAll("'", '')}\``);
    };
    const rows = section('Health checks')
      .split('\n')
      .filter((line) => /^\| (`upstream`|`auth`)? ?\| `/.test(line))
      .map((line) => line.split('|')[2]?.trim());
    expect(rows).toEqual([...statesOf('upstream'), ...statesOf('auth')]);
    expect(rows.length).toBeGreaterThan(5);
  });
});

describe('Webhooks', () => {
  it('The documents have each outcome in the metric, and each status in docs/account-events.md', () => {
    const source = readText('src/events/webhooks/receiver.ts');
    const outcomes = [...source.matchAll(/^ {2}(\w+): (\d{3}),$/gm)];
    expect(outcomes.length).toBeGreaterThan(5);
    const [row = ''] = /^\| `connect_webhooks_total\{outcome\}`.*$/m.exec(text) ?? [];
    expect(spansIn(row).slice(1).sort()).toEqual(outcomes.map((match) => match[1]).sort());
    const [, table = ''] = readText('docs/account-events.md').split('\n| Response | Reason |\n');
    const documented = [...table.matchAll(/^\| (\d{3}) \|/gm)].map((match) => match[1]);
    const statuses = [...new Set(outcomes.map((match) => match[2]))];
    expect(documented).toEqual(expect.arrayContaining(statuses));
  });
});
