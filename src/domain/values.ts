/**
 * Characters that no text for a person contains: control characters, line separators, half surrogate pairs, code points
 * that are no characters, and those that embed, override or isolate a direction of text or annotate it. The marks of
 * right-to-left text (such as U+200F), the joiners of Persian, Indic text and emoji (U+200C, U+200D) and variation
 * selectors stay: they change no other character.
 */
const forbidden =
  '\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Noncharacter_Code_Point}\\u202A-\\u202E\\u2066-\\u206F\\uFFF9-\\uFFFB';

/** Characters that show nothing: spaces, fillers and other invisible characters, also blank symbols and blank letters. */
const invisible =
  '\\p{White_Space}\\p{Default_Ignorable_Code_Point}\\p{Cf}\\u2800\\uFFFC\\u{1D159}\\u{13441}\\u{13442}';

const displayText = new RegExp(`^(?=.*[^${invisible}])[^${forbidden}]{1,200}$`, 'u');
const visible = new RegExp(`[^${invisible}]`, 'u');
const lineBreaks = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const forbiddenCharacters = new RegExp(`[${forbidden}]`, 'gu');

/** Text from a customer, such as a name or a label: 1 to 200 characters, one of them visible and none of them forbidden. */
export function isDisplayText(value: unknown): value is string {
  return typeof value === 'string' && displayText.test(value);
}

/** Text from StackOne, without forbidden characters. @returns null when nothing visible is left */
export function toDisplayText(value: string | null | undefined): string | null {
  const text = (value ?? '').replace(lineBreaks, ' ').replace(forbiddenCharacters, '').trim();
  return visible.test(text) ? text : null;
}

/** An object with named properties, and so no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A property of an error, by its name only: `instanceof Error` misses errors that Node creates for code in another context. */
export function textOf(error: unknown, property: 'name' | 'code' | 'message'): string {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, property) : undefined;
  return typeof value === 'string' ? value : '';
}
