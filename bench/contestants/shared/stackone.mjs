import { Pool } from 'undici';

const upstream = process.env['UPSTREAM'] ?? '';
const pool = new Pool(upstream, { connections: 32 });
const headers = {
  authorization: `Basic ${Buffer.from('bench-key:').toString('base64')}`,
  'content-type': 'application/json',
};
const expiresInSeconds = 1800;

/**
 * The data source of all implementations that differ only in their server. One owner, no timeout, no retries. It checks
 * only the status of the response.
 * @param {{ provider?: string, label?: string }} request
 */
export async function createSession({ provider, label }) {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/connect_sessions',
    headers,
    body: JSON.stringify({
      origin_owner_id: 'org_0',
      origin_owner_name: 'Customer 0 Ltd',
      provider,
      label,
      expires_in: expiresInSeconds,
    }),
  });
  const session = /** @type {{ token: string }} */ (await body.json());
  if (statusCode !== 201) {
    throw new Error(`StackOne returned status ${statusCode}`);
  }
  return session.token;
}

/** The payload of the mutation. @param {{ provider?: string, label?: string }} request */
export async function createConnectSession(request) {
  const token = await createSession(request);
  const expiresAt = new Date(Date.now() + expiresInSeconds * 1000).toISOString();
  return { token, expiresAt, mode: 'LINK', userErrors: [] };
}
