import type { Environment } from './from-environment.js';
import { listSettings } from './setting-list.js';

interface UnknownVariable {
  readonly name: string;
  /** The variable that it resembles. */
  readonly suggestion: string;
}

/** Names from other servers and libraries that share no words with ours. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['ALLOWED_ORIGINS', 'CORS_ORIGINS'],
  ['CORS_ALLOWED_ORIGINS', 'CORS_ORIGINS'],
  ['JWKS_URI', 'AUTH_JWKS_URL'],
  ['JWT_AUDIENCE', 'AUTH_AUDIENCE'],
  ['JWT_ISSUER', 'AUTH_ISSUER'],
  ['JWT_SECRET', 'AUTH_SECRET'],
  ['ORG_ID_CLAIM', 'OWNER_ID_CLAIM'],
  ['ORG_NAME_CLAIM', 'OWNER_NAME_CLAIM'],
  ['SESSION_TTL', 'SESSION_EXPIRES_IN_SECONDS'],
  ['STACKONE_API_URL', 'STACKONE_BASE_URL'],
]);

/** Kubernetes sets these for each service of the namespace, which can have a name such as `stackone-api`. */
const serviceLink = /_(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP)(_\w+)?)$/;
const serviceAddress = /^(tcp|udp):\/\//;

/**
 * Variables that are probably misspelt: they have no meaning here, and resemble a variable that does. An environment
 * also has variables of other programs, so an unknown variable that resembles none is not reported.
 * @param further known variables besides those of the settings
 */
export function findUnknownVariables(env: Environment, further: readonly string[] = []): UnknownVariable[] {
  const known = [
    ...listSettings().flatMap((row) => [row.variable, ...row.otherVariables, row.fileVariable ?? row.variable]),
    ...further,
  ];
  return Object.keys(env)
    .filter((name) => !known.includes(name) && !serviceLink.test(name) && !serviceAddress.test(env[name] ?? ''))
    .flatMap((name) => {
      const suggestion = aliases.get(name) ?? known.find((other) => resembles(name, other));
      return suggestion === undefined ? [] : [{ name, suggestion }];
    });
}

function resembles(name: string, known: string): boolean {
  const [ours, theirs] = [toWords(known), toWords(name)];
  const maxEdits = known.length >= 10 ? 2 : 1;
  return (
    theirs.join('') === ours.join('') ||
    (known.length >= 6 && countEdits(theirs.join('_'), ours.join('_'), maxEdits) <= maxEdits) ||
    // Words are missing, as in OWNER_CLAIM, or follow, as in AUTH_JWKS_URL_FILE. One word alone is too common.
    (theirs.length >= 2 && areWithin(theirs, ours)) ||
    (ours.length >= 2 && areWithin(ours, theirs.slice(0, ours.length)))
  );
}

/** `CorsOrigin`, `cors-origin` and `CORS_ORIGIN` are the same words. */
function toWords(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');
}

/** Whether all words occur among the others, in this order. A plural is the same word. */
function areWithin(words: readonly string[], others: readonly string[]): boolean {
  const singular = (word: string | undefined) => word?.replace(/S$/, '');
  let found = 0;
  for (const other of others) {
    found += singular(words[found]) === singular(other) ? 1 : 0;
  }
  return found === words.length;
}

/** Levenshtein distance, where two exchanged letters count as one edit. @param limit more edits are not counted */
function countEdits(from: string, to: string, limit: number): number {
  if (from === to || limit < 0) {
    return from === to ? 0 : 1;
  }
  if (from[0] === to[0]) {
    return countEdits(from.slice(1), to.slice(1), limit);
  }
  const isExchanged = from[0] === to[1] && from[1] === to[0];
  return (
    1 +
    Math.min(
      countEdits(from.slice(1), to, limit - 1),
      countEdits(from, to.slice(1), limit - 1),
      countEdits(from.slice(1), to.slice(1), limit - 1),
      isExchanged ? countEdits(from.slice(2), to.slice(2), limit - 1) : Number.POSITIVE_INFINITY,
    )
  );
}
