import { useCallback, useEffect, useState } from 'react';
import { describeFailure, type IntegrationsQuery, toFailure } from 'stackone-connect-client';
import { client } from './connect';

/** Loads the providers and the linked accounts. Call `reload` after a change. */
export function useIntegrations() {
  const [integrations, setIntegrations] = useState<IntegrationsQuery | null>(null);
  const [problem, setProblem] = useState('');
  const reload = useCallback(async () => {
    try {
      setIntegrations(await client.sdk.integrations());
      setProblem('');
    } catch (error) {
      const { title, text } = describeFailure(toFailure(error));
      setProblem(`${title}. ${text}`);
    }
  }, []);
  useEffect(() => void reload(), [reload]);
  return { integrations, problem, reload };
}
