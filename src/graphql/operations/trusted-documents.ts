import { hash } from 'node:crypto';
import { isRecord } from '../../domain/values.js';
import { clientDocuments } from './client-documents.js';

export interface TrustedDocument {
  /** What clients send instead of the text. If absent, only the hash of the text is an id. */
  readonly id?: string | undefined;
  readonly text: string;
}

/** `sha256:` and the hash of the text, as in Appendix A of https://graphql.github.io/graphql-over-http/draft/. */
export function documentIdOf(text: string): string {
  return `sha256:${hash('sha256', text)}`;
}

/** The documents of the typed client, and those of the operator. */
export class TrustedDocuments {
  /** Whether all other documents are refused. */
  readonly isExclusive: boolean;
  readonly #texts: ReadonlySet<string>;
  readonly #textsById = new Map<string, string>();

  constructor(further: readonly TrustedDocument[] = [], isExclusive = false) {
    this.isExclusive = isExclusive;
    this.#texts = new Set([...clientDocuments, ...further.map(({ text }) => text)]);
    for (const text of this.#texts) {
      this.#textsById.set(documentIdOf(text), text);
    }
    for (const { id, text } of further) {
      if (id !== undefined) {
        this.#textsById.set(id, text);
      }
    }
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  findText(id: string): string | undefined {
    return this.#textsById.get(id);
  }

  /**
   * The document that a client of Apollo's persisted queries names by its id in the file, or by the hash of its text.
   * @param extensions of the request
   */
  findPersisted(extensions: unknown): string | undefined {
    const persistedQuery = isRecord(extensions) ? extensions['persistedQuery'] : undefined;
    const id = isRecord(persistedQuery) ? persistedQuery['sha256Hash'] : undefined;
    return typeof id === 'string' ? (this.findText(id) ?? this.findText(`sha256:${id}`)) : undefined;
  }
}
