import { Pool } from 'undici';

const pool = new Pool(process.env['UPSTREAM'] ?? '', { connections: 32 });
const authorization = `Basic ${Buffer.from('bench-key:').toString('base64')}`;
const expiresInSeconds = 1800;

/**
 * The data source of all implementations that differ only in their server: no timeout, no retries. It checks only the
 * status of a response. As in this package, the catalog of providers is fetched once.
 */
export class StackOne {
  /** @param {import('./owner.mjs').Owner} owner */
  constructor(owner) {
    this.owner = owner;
  }

  /** @param {{ provider?: string, label?: string, onExisting?: string }} input */
  async createSession({ provider, label, onExisting }) {
    const session = await request('POST', '/connect_sessions', {
      origin_owner_id: this.owner.id,
      origin_owner_name: this.owner.name,
      provider,
      label,
      multiple: onExisting === 'CREATE_ANOTHER' || undefined,
      expires_in: expiresInSeconds,
    });
    return session.token;
  }

  /** The payload of the mutation. Without `onExisting`, it reads whether StackOne will update an account. */
  async createConnectSession(/** @type {{ provider?: string, label?: string, onExisting?: string }} */ input) {
    const expiresAt = new Date(Date.now() + expiresInSeconds * 1000).toISOString();
    const [token, [account]] = await Promise.all([
      this.createSession(input),
      input.onExisting === undefined ? this.listAccounts(input.provider) : [],
    ]);
    return { token, expiresAt, mode: account ? 'RELINK' : 'LINK', account: account ?? null, userErrors: [] };
  }

  /** @param {string} [provider] */
  async listAccounts(provider) {
    const filter = provider === undefined ? '' : `&providers=${provider}`;
    const { data } = await request('GET', `/accounts?origin_owner_id=${this.owner.id}${filter}&page_size=25`);
    return data.map(toAccount);
  }

  /** @param {string} id */
  async getAccount(id) {
    return toAccount(await request('GET', `/accounts/${id}`));
  }

  listProviders() {
    catalog ??= fetchProviders();
    return catalog;
  }
}

/** @type {Promise<ReturnType<typeof toProvider>[]> | undefined} */
let catalog;

async function fetchProviders() {
  const rows = [];
  for (let page = 1, total = 1; rows.length < total; page++) {
    const list = await request('GET', `/connector_profiles?enabled=true&page=${page}&page_size=100`);
    rows.push(...list.data);
    total = list.total;
  }
  return rows.map(toProvider);
}

/** @param {any} row */
export function toProvider(row) {
  return {
    key: row.connector_key,
    name: row.connector_label,
    categories: row.categories.map(toEnumValue),
    logoUrl: row.logo_url,
    availability: 'AVAILABLE',
  };
}

/** @param {any} row */
export function toAccount(row) {
  return {
    id: row.id,
    providerKey: row.provider,
    label: row.label,
    status: toEnumValue(row.status),
    statusReasons: [],
    needsRelink: row.status === 'expired' || row.status === 'error',
    linkedBy: row.origin_username,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** @param {string} value */
function toEnumValue(value) {
  return value.toUpperCase().replaceAll('-', '_');
}

/**
 * @param {'GET' | 'POST'} method @param {string} path @param {object} [input]
 * @returns {Promise<any>}
 */
async function request(method, path, input) {
  const { statusCode, body } = await pool.request({
    method,
    path,
    headers: { authorization, 'content-type': 'application/json' },
    body: input === undefined ? null : JSON.stringify(input),
  });
  const response = await body.json();
  if (statusCode !== 200 && statusCode !== 201) {
    throw new Error(`StackOne returned status ${statusCode}`);
  }
  return response;
}
