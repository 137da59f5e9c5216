import type { ConnectLabels, Plural } from './labels.js';

/** The variant of the language that the browser prefers, such as `en-GB`, so that dates look as the user expects. */
function localeOf({ language }: ConnectLabels): string {
  const preferred = typeof navigator === 'undefined' ? [] : (navigator.languages ?? []);
  return preferred.find((tag) => tag.split('-')[0] === language) ?? language;
}

export function formatNumber(labels: ConnectLabels, value: number): string {
  return value.toLocaleString(localeOf(labels));
}

export function formatPlural(labels: ConnectLabels, plural: Plural, value: number): string {
  const form = new Intl.PluralRules(labels.language).select(value);
  return (plural[form] ?? plural.other).replace('#', formatNumber(labels, value));
}

/** Formats an ISO 8601 time as a day, in the time zone of the browser. */
export function formatDay(labels: ConnectLabels, instant: string): string {
  return new Date(instant).toLocaleDateString(localeOf(labels), { dateStyle: 'medium' });
}

export function formatMoment(labels: ConnectLabels, instant: string): string {
  return new Date(instant).toLocaleString(localeOf(labels), { dateStyle: 'full', timeStyle: 'short' });
}
