import { Pool } from 'undici';

const upstream = process.env['UPSTREAM'] ?? '';
const pool = new Pool(upstream, { connections: 32 });
const headers = {
  authorization: `Basic ${Buffer.from('bench-key:').toString('base64')}`,
  'content-type': 'application/json',
};
const expiresInSeconds = 1800;

/**
 * The data source of all that are to differ in their server alone: one owner, no deadline, no second attempt, no
 * check of the answer but its status.
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
  const answer = /** @type {{ token: string }} */ (await body.json());
  if (statusCode !== 201) {
    throw new Error(`StackOne answered ${statusCode}`);
  }
  return answer.token;
}

/** What the mutation gives. @param {{ provider?: string, label?: string }} request */
export async function createConnectSession(request) {
  const token = await createSession(request);
  const expiresAt = new Date(Date.now() + expiresInSeconds * 1000).toISOString();
  return { token, expiresAt, mode: 'LINK', userErrors: [] };
}
