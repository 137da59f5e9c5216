import { defaultLabels } from './en.js';
import type { ConnectLabels, LabelChanges, Language } from './labels.js';

const loaders: Readonly<Record<Language, () => Promise<ConnectLabels>>> = {
  en: async () => defaultLabels,
  de: async () => (await import('./de.js')).labels,
  fr: async () => (await import('./fr.js')).labels,
  es: async () => (await import('./es.js')).labels,
  it: async () => (await import('./it.js')).labels,
  ja: async () => (await import('./ja.js')).labels,
};

/** Loads the texts of a language. A bundler makes a file of each language, which is loaded when it is needed. */
export function loadLabels(language: Language): Promise<ConnectLabels> {
  return loaders[language]();
}

function isLanguage(value: string): value is Language {
  return Object.hasOwn(loaders, value);
}

/**
 * The language of texts for a language tag such as `de-AT`. English if there are none.
 * @param tag Default: the language of `element`, which is the attribute `lang` of it or an ancestor. In a shadow root
 *   without one: that of the document.
 */
export function languageFor(tag: string | null | undefined, element?: Element | null): Language {
  const root = globalThis.document?.documentElement;
  const found = tag ?? (element?.closest('[lang]') ?? root)?.getAttribute('lang') ?? 'en';
  const [primary = ''] = found.toLowerCase().split('-');
  return isLanguage(primary) ? primary : 'en';
}

/** Calls `listener` when an attribute `lang` changes. @returns ends the subscription */
export function onLanguageChange(listener: () => void): () => void {
  // Some test environments.
  if (typeof MutationObserver === 'undefined') {
    return () => {};
  }
  const observer = new MutationObserver(listener);
  observer.observe(document, { attributeFilter: ['lang'], subtree: true });
  return () => observer.disconnect();
}

/** Replaces texts, also in groups such as `status`. */
export function changeLabels(labels: ConnectLabels, changes: LabelChanges | undefined): ConnectLabels {
  const merged = Object.entries(changes ?? {}).map(([name, change]: [string, unknown]) => {
    const group: unknown = Reflect.get(labels, name);
    return [name, isGroup(group) && isGroup(change) ? { ...group, ...change } : change];
  });
  return { ...labels, ...Object.fromEntries(merged.filter(([, change]) => change !== undefined)) };
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
