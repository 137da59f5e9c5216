import { useCallback, useEffect, useState } from 'react';
import { describeFailure, type IntegrationsQuery, toFailure } from 'stackone-connect-client';
import { client } from './connect';

/** What can be linked and what is, read again whenever something may have changed. */
export function useIntegrations() {
  const [integrations, setIntegrations] = useState<IntegrationsQuery | null>(null);
  const [problem, setProblem] = useState('');
  const read = useCallback(async () => {
    try {
      setIntegrations(await client.sdk.integrations());
      setProblem('');
    } catch (error) {
      const { title, text } = describeFailure(toFailure(error));
      setProblem(`${title}. ${text}`);
    }
  }, []);
  useEffect(() => void read(), [read]);
  return { integrations, problem, read };
}
