import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

const contentTypes = ['application/json; charset=utf-8', 'application/graphql-response+json; charset=utf-8'];
/** Clients send few different values, and a parser for each request costs more than the rest of this file. */
const chosen = new LRUCache<string, string | false>({
  maxSize: 16_384,
  sizeCalculation: (_, key) => key.length,
});

/**
 * The content type of a response, chosen as Apollo Server chooses it. Absent or empty: JSON.
 * @returns undefined when the client accepts neither
 */
export function chooseContentType(accept: string | undefined): string | undefined {
  if (!accept) {
    return contentTypes[0];
  }
  const known = chosen.get(accept);
  const choice = known ?? new Negotiator({ headers: { accept } }).mediaType(contentTypes) ?? false;
  if (known === undefined) {
    chosen.set(accept, choice);
  }
  return choice || undefined;
}
