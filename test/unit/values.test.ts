import { describe, expect, it } from '@jest/globals';
import { isDisplayText, toDisplayText } from '../../src/domain/values.js';

const code = (point: number) => `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
const named = (points: readonly number[]): [string, string][] =>
  points.map((point) => [code(point), String.fromCodePoint(point)]);

/** Spaces, joiners, fillers, selectors and other characters without ink. */
const invisible = named([
  0x20, 0xa0, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x1680, 0x17b4, 0x180e, 0x2000, 0x200b, 0x200c, 0x200d, 0x200e,
  0x200f, 0x205f, 0x2060, 0x2064, 0x2800, 0x3000, 0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfffc, 0x13441, 0x1d159,
  0x1d173, 0xe0001, 0xe0020, 0xe0100,
]);

const forbidden = named([
  0x00, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x85, 0x9f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066,
  0x2067, 0x2068, 0x2069, 0x206a, 0x206f, 0xfdd0, 0xfdef, 0xfff9, 0xfffb, 0xfffe, 0xffff, 0x1fffe, 0x10ffff, 0xd800,
  0xdc00,
]);

const allowed: [string, string][] = [
  ['a letter', 'x'],
  ['a digit', '7'],
  ['punctuation', '–'],
  ['quotes and markup', 'O\'Neil "Ltd" <b>&'],
  ['German', 'Büro Zürich'],
  ['a combining accent', 'Cafe\u0301'],
  ['Arabic with its marks', 'شركة\u200f (1)'],
  ['Hebrew', 'חברה בע״מ'],
  ['Persian with a non-joiner', 'می\u200cخواهم'],
  ['Hindi with a joiner', 'क्\u200dष'],
  ['Chinese with an ideographic space', '株式会社\u3000例'],
  ['Korean', '회사'],
  ['an emoji', '🏔'],
  ['an emoji with a selector', '🏔️'],
  ['a family of emoji with joiners', '👩‍💻'],
  ['a keycap', '1️⃣'],
  ['a flag', '🇨🇭'],
  ['a flag of tags', '\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}'],
  ['a soft hyphen in a word', 'Donau\u00addampfschiff'],
  ['a code point of a later Unicode version', '\u{1FAEF}'],
];

describe('isDisplayText', () => {
  it.each(allowed)('accepts %s', (_what, text) => {
    expect(isDisplayText(text)).toBe(true);
  });

  it.each(invisible)('refuses text of %s only', (_what, character) => {
    expect([isDisplayText(character), isDisplayText(character.repeat(3)), isDisplayText(` ${character}`)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('refuses text of different invisible characters', () => {
    expect(isDisplayText(invisible.map(([, character]) => character).join(''))).toBe(false);
  });

  it.each(forbidden)('refuses %s among visible characters', (_what, character) => {
    expect([isDisplayText(`a${character}b`), isDisplayText(`${character}b`), isDisplayText(`a${character}`)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('accepts 1 to 200 characters, and counts an emoji as one', () => {
    expect(['', 'x', 'x'.repeat(200), '🏔'.repeat(200), 'x'.repeat(201), '🏔'.repeat(201)].map(isDisplayText)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([[undefined], [null], [7], [['x']], [{}]])('refuses %j', (value) => {
    expect(isDisplayText(value)).toBe(false);
  });
});

describe('toDisplayText', () => {
  it.each(allowed)('leaves %s unchanged', (_what, text) => {
    expect(toDisplayText(text)).toBe(text);
  });

  it.each(invisible)('is null for text of %s only', (_what, character) => {
    expect(toDisplayText(character)).toBeNull();
  });

  it.each(forbidden)('removes %s', (_what, character) => {
    expect(toDisplayText(`a${character}b`)).toMatch(/^a ?b$/);
  });

  it.each<[string | null | undefined, string | null]>([
    [undefined, null],
    [null, null],
    ['', null],
    ['  BambooHR ', 'BambooHR'],
    ['Bamboo\u202eRH', 'BambooRH'],
    ['First line\r\nsecond\u2028third', 'First line second third'],
    ['\u202e\u2066', null],
  ])('turns %j into %j', (text, expected) => {
    expect(toDisplayText(text)).toBe(expected);
  });
});
