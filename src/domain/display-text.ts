/**
 * Text that a person reads, such as a name or a label: 1 to 200 characters with something visible, without control
 * characters and without half a surrogate pair.
 */
export function isDisplayText(value: unknown): value is string {
  return typeof value === 'string' && /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,200}$/u.test(value);
}
