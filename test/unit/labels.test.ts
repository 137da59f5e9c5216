import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ConnectFailure,
  type ConnectLabels,
  defaultLabels,
  describeFailure,
  describeUnavailable,
  type Language,
  loadLabels,
} from '../../client/src/index.js';
import { directionOf, formatDay, formatPlural } from '../../client/src/labels/format.js';
import { changeLabels, languageFor } from '../../client/src/labels/load-labels.js';

const languages: readonly Language[] = ['en', 'de', 'fr', 'es', 'it', 'ja'];
const failures: readonly ConnectFailure[] = [
  { kind: 'unreachable' },
  { kind: 'unreachable', status: 502 },
  { kind: 'hub-not-loaded' },
  { kind: 'session-expired' },
  { kind: 'server', code: 'UPSTREAM_RATE_LIMITED', message: 'a message', retryAfterSeconds: 1 },
  { kind: 'server', code: 'INTERNAL_SERVER_ERROR', message: 'a message', retryAfterSeconds: null },
  {
    kind: 'refused',
    userErrors: [{ code: 'ACCOUNT_NOT_FOUND', message: 'a message', field: null, accounts: [] }],
  },
];

/** All texts, also those of groups. Functions get a name that must be in their text. */
function textsOf(labels: object): string[] {
  return Object.values(labels).flatMap((label: unknown): string[] => {
    if (typeof label === 'function') {
      const text: unknown = label('NAME', 'OTHER');
      expect(text).toContain('NAME');
      return [String(text)];
    }
    return typeof label === 'object' && label !== null ? textsOf(label) : [String(label)];
  });
}

const keysOf = (labels: object): unknown[] =>
  Object.entries(labels).map(([name, label]) =>
    typeof label === 'object' && label !== null && !('other' in label) ? [name, Object.keys(label).sort()] : name,
  );

describe.each(languages)('The language %s', (language) => {
  let labels: ConnectLabels;
  beforeAll(async () => {
    labels = await loadLabels(language);
  });

  it('has every text, and none is empty', () => {
    expect(labels.language).toBe(language);
    // In English these are the messages of the server. The type of the group requires all of them.
    expect(keysOf(labels)).toEqual(keysOf({ ...defaultLabels, userErrors: labels.userErrors }));
    expect(textsOf(labels).filter((text) => text.trim() === '' || /undefined|\[object/.test(text))).toEqual([]);
  });

  it('has a text for each plural form that the language has', () => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const plural of [labels.integrations, labels.needAttention, labels.severalChanged, labels.tryAgainIn]) {
      // Numbers in the form `many` are millions.
      const forms = pluralCategories.filter((form) => form !== 'many' && form !== 'other');
      expect(forms.filter((form) => plural[form] === undefined)).toEqual([]);
      expect(formatPlural(labels, plural, 1)).toContain('1');
      expect(formatPlural(labels, plural, 12)).toContain('12');
    }
  });

  it('describes each failure with texts of its own, and no message of the server in another language', () => {
    for (const failure of failures) {
      const { title, text } = describeFailure(failure, 'confirm', labels);
      expect(title).toBe(labels.unconfirmedTitle);
      expect(text).toContain(labels.unconfirmedText);
      expect(text.includes('a message') && language !== 'en').toBe(false);
    }
  });
});

it('describes why a provider cannot be connected in the language of the labels', async () => {
  const labels = await loadLabels('de');
  expect(describeUnavailable({ canManage: true }, { availability: 'LIMIT_REACHED' }, labels)).toBe(
    labels.unavailable.LIMIT_REACHED,
  );
});

it.each([
  ['de', 'de'],
  ['de-AT', 'de'],
  ['JA', 'ja'],
  ['en-GB', 'en'],
  ['pt-BR', 'en'],
  ['constructor', 'en'],
  ['', 'en'],
  [null, 'en'],
] as const)('the language of the tag %p is %p', (tag, language) => {
  expect(languageFor(tag)).toBe(language);
});

it.each([
  ['ar', 'rtl'],
  ['he-IL', 'rtl'],
  ['arn', 'ltr'],
  ['fat', 'ltr'],
  ['en', 'ltr'],
])('texts of the language %p are written %p', (language, direction) => {
  expect(directionOf({ ...defaultLabels, language })).toBe(direction);
});

it('any text can be replaced, also one of a group', () => {
  const labels = changeLabels(defaultLabels, { connect: 'Link', status: { ACTIVE: 'Fine' } });
  expect([labels.connect, labels.status.ACTIVE, labels.status.ERROR, labels.close]).toEqual([
    ...['Link', 'Fine', 'Not working', 'Close'],
  ]);
});

it('dates follow the browser, and do not fail on a tag that Intl rejects', () => {
  const languages = ['nl-NL@posix', 'nl_BE', 'nl-', 'nl-BE'];
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { languages } });
  try {
    const day = formatDay({ ...defaultLabels, language: 'nl' }, '2026-05-03T12:00:00.000Z');
    expect(day).toBe(
      new Intl.DateTimeFormat('nl-BE', { dateStyle: 'medium' }).format(new Date('2026-05-03T12:00:00Z')),
    );
  } finally {
    Reflect.deleteProperty(globalThis, 'navigator');
    if (before !== undefined) Object.defineProperty(globalThis, 'navigator', before);
  }
});
