import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

const contentTypes = ['application/json; charset=utf-8', 'application/graphql-response+json; charset=utf-8'];
/** Clients send few different values, and a parser for each request costs more than the rest of this file. */
const chosen = new LRUCache<string, string | false>({
  maxSize: 16_384,
  // The value can be empty, and an entry needs memory too.
  sizeCalculation: (_, key) => key.length + 64,
});

/** Several times what browsers and GraphQL clients send. */
const maxAcceptLength = 512;

/**
 * The `Accept` header of a request, or undefined for a longer one: a server can ignore it (RFC 9110, 12.5.1). Apollo Server
 * and this file compare each type in it, which takes 50 ms for the thousands of types that fit into a header.
 */
export function usableAccept(accept: string | undefined): string | undefined {
  return accept === undefined || accept.length > maxAcceptLength ? undefined : accept;
}

/**
 * The content type of a response, chosen as Apollo Server chooses it.
 * @param accept the `Accept` header. Without it, the client accepts every type
 * @returns undefined if the client accepts none of our types
 */
export function chooseContentType(accept: string | undefined): string | undefined {
  if (accept === undefined) {
    return contentTypes[0];
  }
  const known = chosen.get(accept);
  const choice = known ?? new Negotiator({ headers: { accept } }).mediaType(contentTypes) ?? false;
  if (known === undefined) {
    chosen.set(accept, choice);
  }
  return choice || undefined;
}
