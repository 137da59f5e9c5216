import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { OperationStore } from '../../src/graphql/operations/operation-store.js';
import { trustedDocuments } from '../../src/graphql/operations/trusted-documents.js';
import { createSchema } from '../../src/graphql/schema.js';

const schema = createSchema();
const document = '{ viewer { ownerId } }';
/** Different documents of 12,000 characters and a little more. */
const longDocument = (index: number) => `${document} # ${String(index).padEnd(12_000, 'x')}`;

/** A store that has learned more documents than it can keep. */
function createFullStore(): OperationStore {
  const store = new OperationStore(schema);
  for (let index = 0; index < 25; index++) {
    store.add(longDocument(index), parse(longDocument(index)));
  }
  return store;
}

describe('OperationStore', () => {
  it('finds every trusted document from the start', () => {
    const store = new OperationStore(schema);
    const missing = [...trustedDocuments].filter((text) => store.find(text) === undefined);
    expect([trustedDocuments.size, missing]).toEqual([6, []]);
  });

  it('finds any other document only after it was added, by exactly the same text', () => {
    const store = new OperationStore(schema);
    expect(store.find(document)).toBeUndefined();
    store.add(document, parse(document));
    expect(store.find(document)).toBeDefined();
    expect(store.find(`${document} `)).toBeUndefined();
  });

  it('keeps documents of at most 256 KiB together, and evicts the least recently used one first', () => {
    const store = createFullStore();
    const found = Array.from({ length: 25 }, (_, index) => store.find(longDocument(index)) !== undefined);
    expect(found).toEqual([...Array(4).fill(false), ...Array(21).fill(true)]);
  });

  it('does not keep a document that is larger than all of its memory', () => {
    const store = new OperationStore(schema);
    const text = document.padEnd(256 * 1024 + 1);
    store.add(text, parse(text));
    expect(store.find(text)).toBeUndefined();
  });

  it('evicts no trusted document', () => {
    const store = createFullStore();
    expect([...trustedDocuments].filter((text) => store.find(text) === undefined)).toEqual([]);
  });
});
