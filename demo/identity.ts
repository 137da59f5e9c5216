import type { KeyObject } from 'node:crypto';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { exportJWK, SignJWT } from 'jose';
import { findPerson, isTenantKey, type Person, type TenantKey, tenants } from './tenants.js';

/**
 * The identity provider of the demo. It issues a token for any person to any caller, so never use it outside of the
 * demo. The key pair is generated at each start and the private key never leaves the process.
 */
interface DemoIdentity {
  readonly issuer: string;
  readonly audience: string;
  readonly publicKey: KeyObject;
  /** Creates an access token that is valid for one hour. */
  readonly createToken: (tenant: TenantKey, person: Person) => Promise<string>;
}

const name = 'stackone-connect-graphql-demo';

export function createDemoIdentity(): DemoIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    issuer: name,
    audience: name,
    publicKey,
    createToken: (tenant, { username, permissions }) => {
      const { ownerId, ownerName, providers, maxAccounts } = tenants[tenant];
      return new SignJWT({
        org_id: ownerId,
        org_name: ownerName,
        email: username,
        permissions,
        providers,
        max_accounts: maxAccounts,
      })
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

/** Adds `GET /demo/token?tenant=acme|globex|initech`, with `&person=sam` for a colleague, and `GET /demo/jwks.json`. */
export function addIdentityRoutes(server: FastifyInstance, identity: DemoIdentity): void {
  server.get<{ Querystring: { tenant?: unknown; person?: unknown } }>('/demo/token', async (request, reply) => {
    const { tenant, person: name } = request.query;
    const refuse = (message: string) =>
      reply.code(400).send({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
    if (!isTenantKey(tenant)) {
      return refuse(`The parameter tenant is required: ?tenant=${Object.keys(tenants).join(' or ?tenant=')}.`);
    }
    const person = findPerson(tenant, name);
    if (person === undefined) {
      return refuse('The parameter person is not valid: it must be the part of a username in front of the @.');
    }
    const token = await identity.createToken(tenant, person);
    return { token, ownerName: tenants[tenant].ownerName, username: person.username };
  });
  server.get('/demo/jwks.json', async () => {
    const key = await exportJWK(createPublicKey(identity.publicKey.export({ type: 'spki', format: 'pem' })));
    return { keys: [{ ...key, kid: 'demo', alg: 'ES256', use: 'sig' }] };
  });
}
