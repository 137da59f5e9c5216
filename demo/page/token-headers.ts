/**
 * The headers of a request, with a token for one person. The token is kept in memory only, not in web
 * storage.
 * @param signIn the query of the token request, which names the person
 * @param onUser called with the user of a new token
 */
export function tokenHeaders(signIn: string, onUser: (ownerName: string, username: string) => void) {
  let token: Promise<string> | undefined;
  const fetchToken = async () => {
    const response = await fetch(`demo/token?${signIn}`);
    const user: { readonly token: string; readonly ownerName: string; readonly username: string } =
      await response.json();
    onUser(user.ownerName, user.username);
    return user.token;
  };
  return async ({ renew }: { readonly renew: boolean }) => {
    token = renew ? undefined : token;
    token ??= fetchToken();
    // A failure is not cached: the next call requests a token again.
    token.catch(() => {
      token = undefined;
    });
    return { authorization: `Bearer ${await token}` };
  };
}
