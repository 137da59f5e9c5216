import type { Sdk } from '../generated/sdk.js';
import type { ConnectRequest, HubSession } from './connect-state.js';
import { ConnectError, type LinkedAccount } from './failure.js';

/**
 * Creates the session of a Hub.
 * @param toLocalTime converts a time of the server to milliseconds of this computer's clock
 * @throws ConnectError with the failure `refused` when the response has `userErrors`
 */
export async function createHubSession(
  sdk: Sdk,
  request: ConnectRequest,
  toLocalTime: (instant: string) => number,
  signal: AbortSignal,
): Promise<HubSession> {
  const { createConnectSession } = await sdk.createConnectSession(request, undefined, signal);
  const { token, expiresAt, mode, account, userErrors } = createConnectSession;
  if (token === null || expiresAt === null || mode === null) {
    throw new ConnectError({ kind: 'refused', userErrors });
  }
  return { token, expiresAt: toLocalTime(expiresAt), mode, account };
}

/**
 * Confirms the account that the Hub has reported.
 * @throws ConnectError with the failure `refused` or `not-linked`
 */
export async function confirmAccount(sdk: Sdk, accountId: string, signal: AbortSignal): Promise<LinkedAccount> {
  const { confirmLinkedAccount } = await sdk.confirmLinkedAccount({ accountId }, undefined, signal);
  const { account, userErrors } = confirmLinkedAccount;
  if (account === null) {
    throw new ConnectError({ kind: 'refused', userErrors });
  }
  if (account.status !== 'ACTIVE') {
    throw new ConnectError({ kind: 'not-linked', account });
  }
  return account;
}

/** The accounts that this session can add or re-link: the account with the request's id, or up to 100 of the provider. */
export async function listAccounts(
  sdk: Sdk,
  { provider, accountId }: ConnectRequest,
  session: HubSession,
): Promise<readonly LinkedAccount[]> {
  const id = accountId ?? session.account?.id;
  if (typeof id === 'string') {
    const { linkedAccount } = await sdk.linkedAccount({ id });
    return linkedAccount === null ? [] : [linkedAccount];
  }
  const { linkedAccounts } = await sdk.linkedAccounts({ first: 100, ...(provider != null && { provider }) });
  return linkedAccounts.nodes;
}
