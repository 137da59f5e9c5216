import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { createDocumentCache } from './document-store.js';
import { PreparedDocument } from './prepared-document.js';
import { TrustedDocuments } from './trusted-documents.js';

/**
 * Documents that are ready to run. Trusted documents are always here. Others are added after Apollo Server has validated
 * and run them once; the least recently used ones leave first, so that no client can evict a trusted document.
 */
export class OperationStore {
  readonly #schema: GraphQLSchema;
  readonly #documents: TrustedDocuments;
  readonly #trusted = new Map<string, PreparedDocument>();
  readonly #learned = createDocumentCache<PreparedDocument>(({ document }) => document);

  constructor(schema: GraphQLSchema, documents = new TrustedDocuments()) {
    this.#schema = schema;
    this.#documents = documents;
  }

  find(query: string): PreparedDocument | undefined {
    return this.#trusted.get(query) ?? this.#learned.get(query) ?? this.#findTrusted(query);
  }

  /** @param document valid and within the query limits */
  add(query: string, document: DocumentNode): void {
    // A document of the playground must not become one that others can run.
    if (!this.#documents.isExclusive && !this.#trusted.has(query) && !this.#learned.has(query)) {
      this.#learned.set(query, new PreparedDocument(this.#schema, document));
    }
  }

  /** Parsed at first use, because most processes need only some of them. All of them are valid. */
  #findTrusted(query: string): PreparedDocument | undefined {
    if (!this.#documents.has(query)) {
      return undefined;
    }
    const prepared = new PreparedDocument(this.#schema, parse(query));
    this.#trusted.set(query, prepared);
    return prepared;
  }
}
