import { jwtVerify, SignJWT } from 'jose';
import { cookies } from 'next/headers';

/** The users. Each belongs to one customer. A real app has a database. */
const users = new Map([
  ['ada', { email: 'ada@acme.example', customer: { id: 'acme', name: 'Acme Corporation' } }],
  ['hank', { email: 'hank@globex.example', customer: { id: 'globex', name: 'Globex' } }],
]);
const secret = () => new TextEncoder().encode(process.env.SESSION_SECRET);

/** A real login checks a password. */
export async function signIn(form: FormData): Promise<void> {
  'use server';
  const jwt = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setExpirationTime('8h');
  const session = await jwt.setSubject(String(form.get('user'))).sign(secret());
  // CSRF protection: browsers do not send a Lax cookie with POST requests of other sites. With HTTPS, add secure: true.
  (await cookies()).set('session', session, { httpOnly: true, sameSite: 'lax' });
}

export async function signOut(): Promise<void> {
  'use server';
  (await cookies()).delete('session');
}

/** The signed-in user, or undefined. */
export async function currentUser() {
  const session = (await cookies()).get('session')?.value ?? '';
  const verified = await jwtVerify(session, secret()).catch(() => undefined);
  return users.get(verified?.payload.sub ?? '');
}
