import type { ConnectLabels, Plural } from './labels.js';

/** The formats of a language. They are slow to create, and a page needs them for each account. */
interface Formats {
  readonly number: Intl.NumberFormat;
  readonly plural: Intl.PluralRules;
  readonly day: Intl.DateTimeFormat;
  readonly moment: Intl.DateTimeFormat;
}

const formats = new Map<string, Formats>();

/**
 * In the variant of the language that the browser prefers, such as `en-GB`, so that dates look as the user expects. Some
 * browsers have tags that `Intl` rejects, such as `en-US@posix`.
 */
function formatsOf({ language }: ConnectLabels): Formats {
  const known = formats.get(language);
  if (known !== undefined) {
    return known;
  }
  const preferred = typeof navigator === 'undefined' ? [] : (navigator.languages ?? []);
  const locale = preferred.find((tag) => tag.startsWith(language) && /^\w+-([a-z]{2}|\d{3})$/i.test(tag)) ?? language;
  const created = {
    number: new Intl.NumberFormat(locale),
    plural: new Intl.PluralRules(language),
    day: new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }),
    moment: new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }),
  };
  formats.set(language, created);
  return created;
}

/** Of the texts: on a page with the other direction, punctuation and numbers would be on the wrong side of a sentence. */
export function directionOf({ language }: ConnectLabels): 'ltr' | 'rtl' {
  return /^(ar|fa|he|ur)\b/.test(language) ? 'rtl' : 'ltr';
}

export function formatNumber(labels: ConnectLabels, value: number): string {
  return formatsOf(labels).number.format(value);
}

export function formatPlural(labels: ConnectLabels, plural: Plural, value: number): string {
  return (plural[formatsOf(labels).plural.select(value)] ?? plural.other).replace('#', formatNumber(labels, value));
}

/** Formats an ISO 8601 time as a day, in the time zone of the browser. */
export function formatDay(labels: ConnectLabels, instant: string): string {
  return formatsOf(labels).day.format(new Date(instant));
}

export function formatMoment(labels: ConnectLabels, instant: string): string {
  return formatsOf(labels).moment.format(new Date(instant));
}
