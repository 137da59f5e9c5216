import { useCallback, useEffect, useState } from 'react';
import { type ConnectFailure, describeFailure, type IntegrationsQuery, toFailure } from 'stackone-connect-client';
import { useLinkedAccounts } from 'stackone-connect-client/react';
import { client } from './connect';

/** The viewer and the providers, loaded once, and the linked accounts, which stay up to date. */
export function useIntegrations() {
  const { accounts, failure, refresh } = useLinkedAccounts();
  const [integrations, setIntegrations] = useState<IntegrationsQuery | null>(null);
  const [loadFailure, setLoadFailure] = useState<ConnectFailure | null>(null);
  const load = useCallback(async () => {
    try {
      setIntegrations(await client.sdk.integrations());
      setLoadFailure(null);
    } catch (error) {
      setLoadFailure(toFailure(error));
    }
  }, []);
  useEffect(() => void load(), [load]);
  const retry = loadFailure === null ? refresh : () => void load();
  return { integrations, accounts, problem: describe(loadFailure ?? failure), refresh, retry };
}

function describe(failure: ConnectFailure | null): string {
  if (failure === null) {
    return '';
  }
  const { title, text } = describeFailure(failure);
  return `${title}. ${text}`;
}
