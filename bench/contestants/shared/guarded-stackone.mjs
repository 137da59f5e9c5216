import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { Histogram } from 'prom-client';
import { Pool } from 'undici';
import { z } from 'zod';
import { toAccount, toProvider } from './stackone.mjs';

/**
 * The data source of `StackOne` with the same guards as in this package, from packages: timeouts, at most two attempts,
 * circuit breaker and bulkhead of cockatiel, a limit for the size of a response, zod for arguments and responses, a
 * comparison of the owner, and a histogram of prom-client.
 */
const pool = new Pool(process.env['UPSTREAM'] ?? '', {
  connections: 32,
  connectTimeout: 2_000,
  headersTimeout: 4_000,
  bodyTimeout: 4_000,
  maxResponseSize: 1024 * 1024,
});
const headers = {
  authorization: `Basic ${Buffer.from('bench-key:').toString('base64')}`,
  accept: 'application/json',
  'content-type': 'application/json',
};
const expiresInSeconds = 1800;

const policy = wrap(
  bulkhead(32, 64),
  retry(handleAll, { maxAttempts: 1, backoff: new ExponentialBackoff({ initialDelay: 100 }) }),
  circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }),
  timeout(5_000, TimeoutStrategy.Cooperative),
);
const upstreamSeconds = new Histogram({
  name: 'upstream_seconds',
  help: 'Calls to StackOne.',
  labelNames: ['endpoint', 'outcome'],
});

const text = z.string().max(1_000).nullish();
const sessionResponse = z.object({ token: z.string().regex(/^[\x21-\x7e]{1,4096}$/), origin_owner_id: z.string() });
const accountRow = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
  provider: z.string(),
  origin_owner_id: z.string(),
  origin_owner_name: text,
  origin_username: text,
  label: text,
  status: z.string(),
  created_at: z.iso.datetime().nullish(),
  updated_at: z.iso.datetime().nullish(),
});
const accountsResponse = z.object({ data: z.array(accountRow), total: z.int() });
const profilesResponse = z.object({
  data: z.array(
    z.object({
      connector_key: z.string(),
      connector_label: text,
      categories: z.array(z.string()),
      logo_url: z.url().nullish(),
    }),
  ),
  total: z.int(),
});
const connectInput = z.object({
  provider: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/)
    .nullish(),
  label: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{C}]+$/u)
    .nullish(),
  onExisting: z.enum(['RELINK', 'CREATE_ANOTHER', 'FAIL']).nullish(),
});

export class GuardedStackOne {
  /** @param {{ id: string, name: string }} owner @param {string} requestId */
  constructor(owner, requestId) {
    this.owner = owner;
    this.requestId = requestId;
  }

  /** @param {unknown} input */
  async createConnectSession(input) {
    const { provider, label, onExisting } = connectInput.parse(input);
    const isEnabled = provider == null || (await this.listProviders()).some(({ key }) => key === provider);
    if (!isEnabled) {
      const userErrors = [{ code: 'PROVIDER_NOT_ENABLED', field: 'provider', message: 'Not enabled.', accounts: [] }];
      return { token: null, expiresAt: null, mode: null, account: null, userErrors };
    }
    const expiresAt = new Date(Date.now() + expiresInSeconds * 1000).toISOString();
    const [token, [account]] = await Promise.all([
      this.#createSession(provider ?? undefined, label ?? undefined, onExisting === 'CREATE_ANOTHER'),
      onExisting == null && provider != null ? this.listAccounts(provider) : [],
    ]);
    return { token, expiresAt, mode: account ? 'RELINK' : 'LINK', account: account ?? null, userErrors: [] };
  }

  /** @param {string | undefined} provider @param {string | undefined} label @param {boolean} multiple */
  async #createSession(provider, label, multiple) {
    const session = await this.#request('POST', '/connect_sessions', sessionResponse, {
      origin_owner_id: this.owner.id,
      origin_owner_name: this.owner.name,
      provider,
      label,
      multiple: multiple || undefined,
      expires_in: expiresInSeconds,
    });
    if (session.origin_owner_id !== this.owner.id) {
      throw new Error('the session belongs to another owner');
    }
    return session.token;
  }

  /** @param {string} [provider] */
  async listAccounts(provider) {
    const query = new URLSearchParams({
      origin_owner_id: this.owner.id,
      page_size: '25',
      ...(provider === undefined ? {} : { providers: provider }),
    });
    const { data } = await this.#request('GET', `/accounts?${query}`, accountsResponse);
    return data.filter((row) => this.#isOwn(row)).map(toAccount);
  }

  /** @param {string} id */
  async getAccount(id) {
    const row = await this.#request('GET', `/accounts/${encodeURIComponent(id)}`, accountRow);
    return this.#isOwn(row) && row.id === id ? toAccount(row) : null;
  }

  listProviders() {
    catalog ??= this.#fetchProviders();
    return catalog;
  }

  /** @param {z.infer<typeof accountRow>} row */
  #isOwn(row) {
    return row.origin_owner_id === this.owner.id;
  }

  async #fetchProviders() {
    const rows = [];
    for (let page = 1, total = 1; rows.length < total; page++) {
      const path = `/connector_profiles?enabled=true&page=${page}&page_size=100`;
      const list = await this.#request('GET', path, profilesResponse);
      rows.push(...list.data);
      total = list.total;
    }
    return rows.map(toProvider);
  }

  /**
   * @template T
   * @param {'GET' | 'POST'} method @param {string} path @param {z.ZodType<T>} schema @param {object} [input]
   * @returns {Promise<T>}
   */
  async #request(method, path, schema, input) {
    const end = upstreamSeconds.startTimer({ endpoint: `${method} ${/^\/\w+/.exec(path)?.[0]}` });
    let outcome = 'failed';
    try {
      const response = await policy.execute(async ({ signal }) => {
        const { statusCode, body } = await pool.request({
          method,
          path,
          headers: { ...headers, 'x-request-id': this.requestId },
          body: input === undefined ? null : JSON.stringify(input),
          signal,
        });
        if (statusCode !== 200 && statusCode !== 201) {
          await body.dump();
          throw new Error(`StackOne returned status ${statusCode}`);
        }
        return schema.parse(await body.json());
      });
      outcome = 'ok';
      return response;
    } finally {
      end({ outcome });
    }
  }
}

/** @type {Promise<ReturnType<typeof toProvider>[]> | undefined} */
let catalog;
