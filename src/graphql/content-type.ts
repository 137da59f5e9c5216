import Negotiator from 'negotiator';

const contentTypes = ['application/json; charset=utf-8', 'application/graphql-response+json; charset=utf-8'];

/**
 * The content type of a response, chosen as Apollo Server chooses it. Absent or empty: JSON.
 * @returns undefined when the client accepts neither
 */
export function chooseContentType(accept: string | undefined): string | undefined {
  return accept ? new Negotiator({ headers: { accept } }).mediaType(contentTypes) : contentTypes[0];
}
