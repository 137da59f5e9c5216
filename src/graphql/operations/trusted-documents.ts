import { createHash } from 'node:crypto';
import { clientDocuments } from './client-documents.js';

export interface TrustedDocument {
  /** What clients send instead of the text. Absent: only the hash of the text. */
  readonly id?: string | undefined;
  readonly text: string;
}

/** `sha256:` and the hash of the text, as in Appendix A of https://graphql.github.io/graphql-over-http/draft/. */
export function documentIdOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The documents of the typed client, and those of the operator. */
export class TrustedDocuments {
  /** Whether all other documents are refused. */
  readonly isExclusive: boolean;
  readonly #texts: ReadonlySet<string>;
  readonly #textsById: ReadonlyMap<string, string>;

  constructor(further: readonly TrustedDocument[] = [], isExclusive = false) {
    const documents = [...Array.from(clientDocuments, (text): TrustedDocument => ({ text })), ...further];
    this.isExclusive = isExclusive;
    this.#texts = new Set(documents.map(({ text }) => text));
    this.#textsById = new Map(
      documents.flatMap(({ id, text }) =>
        [documentIdOf(text), ...(id === undefined ? [] : [id])].map((key) => [key, text]),
      ),
    );
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  findText(id: string): string | undefined {
    return this.#textsById.get(id);
  }
}
