import { StackOneError } from './errors.js';
import type { Provider } from './providers.js';

export type Values = Record<string, string>;

const redacted = '__secretvalue:**redacted**';

/** Redacts secrets in StackOne's format. The Hub recognizes the prefix and shows dots. */
export function redact(secrets: Values): Values {
  return Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, redacted + value.slice(-4)]));
}

/**
 * Merges a submitted form into the stored credentials. A secret that is missing or still redacted was not changed
 * in the Hub and keeps its stored value. Keys without a field in the provider are dropped.
 */
export function mergeCredentials(provider: Provider, stored: Values, submitted: Values): Values {
  const merged: Values = {};
  for (const { key } of provider.fields) {
    const sent = submitted[key];
    const value = sent === undefined || sent.startsWith(redacted) ? stored[key] : sent.trim();
    if (value) {
      merged[key] = value;
    }
  }
  return merged;
}

/**
 * Validates credentials in place of the provider. The value `wrong` is never valid.
 * @throws StackOneError 400 with the message that the Hub shows
 */
export function validateCredentials(provider: Provider, credentials: Values): void {
  const missing = provider.fields.filter(({ key }) => credentials[key] === undefined);
  if (missing.length > 0) {
    throw credentialError(`${provider.name} requires: ${missing.map(({ label }) => label).join(', ')}.`);
  }
  for (const { key, label, secret } of provider.fields) {
    const value = credentials[key] ?? '';
    const prefix = secret ? (provider.secretPrefix ?? '') : '';
    if (value !== 'wrong' && value.startsWith(prefix)) {
      continue;
    }
    const hint = prefix && value !== 'wrong' ? ` It must start with "${prefix}".` : '';
    throw credentialError(`${provider.name} rejected these credentials: ${label} is not valid.${hint}`);
  }
}

function credentialError(reason: string): StackOneError {
  return new StackOneError(400, reason, reason);
}

/** Splits stored values into `open` values, which the Hub may show again, and `secrets`, which it may not. */
export function splitSecrets(provider: Provider | undefined, credentials: Values): { open: Values; secrets: Values } {
  const isOpen = (key: string) => provider?.fields.some((field) => field.key === key && !field.secret) ?? false;
  const entries = Object.entries(credentials);
  return {
    open: Object.fromEntries(entries.filter(([key]) => isOpen(key))),
    secrets: Object.fromEntries(entries.filter(([key]) => !isOpen(key))),
  };
}
