import { currentUser, signIn, signOut } from '../lib/session';
import { Integrations } from './integrations';

export default async function Page() {
  const user = await currentUser();
  if (user === undefined) {
    return (
      <form action={signIn}>
        <h1>Sign in</h1>
        <button type="submit" name="user" value="ada">
          Ada, of Acme Corporation
        </button>{' '}
        <button type="submit" name="user" value="hank">
          Hank, of Globex
        </button>
      </form>
    );
  }
  return (
    <main>
      <form action={signOut}>
        {user.email} <button type="submit">Sign out</button>
      </form>
      <h1>Integrations of {user.customer.name}</h1>
      <Integrations hubBaseUrl={process.env.STACKONE_BASE_URL ?? 'https://api.stackone.com'} />
    </main>
  );
}
