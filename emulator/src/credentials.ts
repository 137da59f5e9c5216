import { StackOneError } from './errors.js';
import type { Provider } from './providers.js';

export type Values = Record<string, string>;

const REDACTED = '__secretvalue:**redacted**';

/** How StackOne shows a stored secret; the Hub recognises the prefix and draws dots. */
export function redact(secrets: Values): Values {
  return Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, REDACTED + value.slice(-4)]));
}

/**
 * What an account keeps of a submitted form. A secret that was left out, or that comes back redacted, was not
 * touched in the Hub and keeps its stored value. Keys that the provider has no field for are dropped.
 */
export function mergeCredentials(provider: Provider, stored: Values, submitted: Values): Values {
  const merged: Values = {};
  for (const { key } of provider.fields) {
    const sent = submitted[key];
    const value = sent === undefined || sent.startsWith(REDACTED) ? stored[key] : sent.trim();
    if (value) merged[key] = value;
  }
  return merged;
}

/** Plays the provider's part: throws what a person sees when the provider refuses these credentials. */
export function refuseBadCredentials(provider: Provider, credentials: Values): void {
  const missing = provider.fields.filter(({ key }) => credentials[key] === undefined);
  if (missing.length > 0) {
    throw refusal(`${provider.name} needs: ${missing.map(({ label }) => label).join(', ')}.`);
  }
  for (const { key, label, secret } of provider.fields) {
    const value = credentials[key] ?? '';
    const prefix = secret ? (provider.secretPrefix ?? '') : '';
    if (value !== 'wrong' && value.startsWith(prefix)) continue;
    const hint = prefix && value !== 'wrong' ? ` It begins with "${prefix}".` : '';
    throw refusal(`${provider.name} refused these credentials: ${label} is not valid.${hint}`);
  }
}

function refusal(reason: string): StackOneError {
  return new StackOneError(400, reason, reason);
}

/** The stored values of a provider, apart: what the Hub may show again, and what it may not. */
export function splitSecrets(
  provider: Provider | undefined,
  credentials: Values,
): { open: Values; secrets: Values } {
  const isOpen = (key: string) =>
    provider?.fields.some((field) => field.key === key && !field.secret) ?? false;
  const entries = Object.entries(credentials);
  return {
    open: Object.fromEntries(entries.filter(([key]) => isOpen(key))),
    secrets: Object.fromEntries(entries.filter(([key]) => !isOpen(key))),
  };
}
