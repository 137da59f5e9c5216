import type { KeyObject } from 'node:crypto';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { exportJWK, SignJWT } from 'jose';
import { isTenantKey, type TenantKey, tenants } from './tenants.js';

/**
 * The identity provider of the demo. It issues a token for either tenant to any caller, so never use it outside of the
 * demo. The key pair is generated at each start and the private key never leaves the process.
 */
export interface DemoIdentity {
  readonly issuer: string;
  readonly audience: string;
  readonly publicKey: KeyObject;
  /** Creates an access token that is valid for one hour. */
  readonly createToken: (tenant: TenantKey) => Promise<string>;
}

const name = 'stackone-connect-graphql-demo';

export function createDemoIdentity(): DemoIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    issuer: name,
    audience: name,
    publicKey,
    createToken: (tenant) => {
      const { ownerId, ownerName, username } = tenants[tenant];
      return new SignJWT({ org_id: ownerId, org_name: ownerName, email: username })
        .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'demo' })
        .setIssuer(name)
        .setAudience(name)
        .setSubject(username)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
    },
  };
}

/** Adds `GET /demo/token?tenant=acme|globex` and `GET /demo/jwks.json`. */
export function addIdentityRoutes(server: FastifyInstance, identity: DemoIdentity): void {
  server.get<{ Querystring: { tenant?: unknown } }>('/demo/token', async (request, reply) => {
    const { tenant } = request.query;
    if (!isTenantKey(tenant)) {
      const message = `The parameter tenant is required: ?tenant=${Object.keys(tenants).join(' or ?tenant=')}.`;
      return reply.code(400).send({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
    }
    const { ownerName, username } = tenants[tenant];
    return { token: await identity.createToken(tenant), ownerName, username };
  });
  server.get('/demo/jwks.json', async () => {
    const key = await exportJWK(createPublicKey(identity.publicKey.export({ type: 'spki', format: 'pem' })));
    return { keys: [{ ...key, kid: 'demo', alg: 'ES256', use: 'sig' }] };
  });
}
