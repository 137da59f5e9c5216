import type { ApolloServerOptionsWithSchema, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { countFields } from '../limits/query-limits.js';

/** Bytes of all documents that one store keeps: more than a hundred of the size that a frontend has. */
const maxStoreBytes = 8 * 1024 * 1024;

/** Documents by their texts, or by other keys. The least recently used ones leave first. */
export function createDocumentCache<Entry extends object>(
  documentOf: (entry: Entry) => DocumentNode,
): LRUCache<string, Entry> {
  return new LRUCache({ maxSize: maxStoreBytes, sizeCalculation: (entry) => estimateBytes(documentOf(entry)) });
}

/**
 * For the documents that Apollo Server has validated. Its own store counts neither comments nor tokens: unique texts of
 * 15 KB fill the memory of a process.
 */
export function createDocumentStore(): NonNullable<ApolloServerOptionsWithSchema<BaseContext>['documentStore']> {
  const documents = createDocumentCache<DocumentNode>((document) => document);
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => {
      documents.set(key, document);
    },
    delete: async (key) => documents.delete(key),
  };
}

/**
 * The memory that a document takes with its compiled operations, as measured: a few kilobytes, its text, about 300 bytes
 * for each token, comments included, and for each field, as often as its fragment is used.
 */
function estimateBytes(document: DocumentNode): number {
  let tokens = 0;
  for (let token = document.loc?.startToken; token != null; token = token.next ?? undefined) {
    tokens += 1;
  }
  const characters = document.loc?.source.body.length ?? 0;
  return 6_000 + 2 * characters + 300 * (tokens + countFields(document));
}
