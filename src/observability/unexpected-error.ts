/** The host app uses this package in a way that cannot work. The message says what to change, and contains no value. */
export class UsageError extends TypeError {}

/**
 * What the log says about an error that no code expects: in production its name and where it was thrown. Its message can
 * quote a body or a secret, and the stack of V8 begins with it.
 */
export function describeUnexpectedError(thrown: unknown, production: boolean) {
  const { name, message, stack = '' } = thrown instanceof Error ? thrown : new Error('the thrown value is no Error');
  if (!production || thrown instanceof UsageError) {
    return { name, stack };
  }
  const frames = stack
    .replace(message, '')
    .split('\n')
    .filter((line) => /^ +at /.test(line));
  return { name, stack: frames.join('\n') };
}
