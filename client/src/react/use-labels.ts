import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { defaultLabels } from '../labels/en.js';
import type { LabelChanges } from '../labels/labels.js';
import { changeLabels, languageFor, loadLabels, onLanguageChange } from '../labels/load-labels.js';
import { useConnectSettings } from './connect-provider.js';

/** The texts in the language of the `ConnectProvider`, with the changes of the provider and of the component. */
export function useLabels(changes: LabelChanges | undefined) {
  const { language: tag, labels: common } = useConnectSettings();
  const language = useSyncExternalStore(
    onLanguageChange,
    () => languageFor(tag, document.documentElement),
    () => languageFor(tag),
  );
  const [loaded, setLoaded] = useState(defaultLabels);
  useEffect(() => {
    let isCurrent = true;
    // Without a connection the texts stay in English.
    void loadLabels(language).then(
      (labels) => isCurrent && setLoaded(labels),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [language]);
  return useMemo(() => changeLabels(changeLabels(loaded, common), changes), [loaded, common, changes]);
}
