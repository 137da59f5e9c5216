import { useEffect, useMemo, useState } from 'react';
import { defaultLabels } from '../labels/en.js';
import type { LabelChanges } from '../labels/labels.js';
import { changeLabels, languageFor, loadLabels } from '../labels/load-labels.js';
import { useConnectSettings } from './connect-provider.js';

/** The texts in the language of the `ConnectProvider`, with the changes of the provider and of the component. */
export function useLabels(changes: LabelChanges | undefined) {
  const { language, labels: common } = useConnectSettings();
  const [loaded, setLoaded] = useState(defaultLabels);
  useEffect(() => {
    let isCurrent = true;
    // Without a connection the texts stay in English.
    void loadLabels(languageFor(language, document.documentElement)).then(
      (labels) => isCurrent && setLoaded(labels),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [language]);
  return useMemo(() => changeLabels(changeLabels(loaded, common), changes), [loaded, common, changes]);
}
