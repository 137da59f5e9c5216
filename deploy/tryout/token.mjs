/** Prints an access token for deploy/compose.yaml, valid for one hour: `token.mjs [owner id]`, with AUTH_SECRET. */
import { SignJWT } from 'jose';

const { AUTH_SECRET = '', AUTH_ISSUER = '', AUTH_AUDIENCE = '' } = process.env;
const [ownerId = 'org_acme'] = process.argv.slice(2);
const token = await new SignJWT({ org_id: ownerId, org_name: ownerId, email: 'ada@acme.example' })
  .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
  .setIssuer(AUTH_ISSUER)
  .setAudience(AUTH_AUDIENCE)
  .setIssuedAt()
  .setExpirationTime('1h')
  .sign(new TextEncoder().encode(AUTH_SECRET));
process.stdout.write(`${token}\n`);
