/**
 * Whole seconds from 1 to 3600, whatever the header contains: seconds, a date (RFC 9110, 10.2.3), nothing or text that
 * is neither. StackOne's own value is 60.
 */
export function parseRetryAfter(header: string | undefined): number {
  const text = header?.trim() ?? '';
  const untilDate = /[a-z]/i.test(text) ? Math.ceil((Date.parse(text) - Date.now()) / 1000) : Number.NaN;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text)) : untilDate;
  return Number.isNaN(seconds) ? 60 : Math.min(Math.max(seconds, 1), 3600);
}
