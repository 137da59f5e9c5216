import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { clientDocuments } from '../../src/graphql/operations/client-documents.js';
import { OperationStore } from '../../src/graphql/operations/operation-store.js';
import { TrustedDocuments } from '../../src/graphql/operations/trusted-documents.js';
import { createSchema } from '../../src/graphql/schema.js';

const schema = createSchema();
const document = '{ viewer { ownerId } }';
/** Different documents of a little less than half a megabyte, which consist of a comment. */
const longDocument = (index: number) => `${document} # ${String(index).padEnd(240_000, 'x')}`;

const repeated = (index: number) =>
  Array.from({ length: 20 }, (_, number) => `query q${index}_${number} { viewer { ...f } a: viewer { ...f } }`).join(
    ' ',
  );

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
    const missing = [...clientDocuments].filter((text) => store.find(text) === undefined);
    expect([clientDocuments.size, missing]).toEqual([7, []]);
  });

  it('finds any other document only after it was added, by exactly the same text', () => {
    const store = new OperationStore(schema);
    expect(store.find(document)).toBeUndefined();
    store.add(document, parse(document));
    expect(store.find(document)).toBeDefined();
    expect(store.find(`${document} `)).toBeUndefined();
  });

  it('adds no document where only trusted ones are accepted', () => {
    const store = new OperationStore(schema, new TrustedDocuments([], true));
    store.add(document, parse(document));
    expect(store.find(document)).toBeUndefined();
  });

  it('keeps documents of at most 8 MiB together, and evicts the least recently used one first', () => {
    const store = createFullStore();
    const found = Array.from({ length: 25 }, (_, index) => store.find(longDocument(index)) !== undefined);
    expect(found).toEqual([...Array(8).fill(false), ...Array(17).fill(true)]);
  });

  it('does not keep a document that is larger than all of its memory', () => {
    const store = new OperationStore(schema);
    const text = document.padEnd(4 * 1024 * 1024);
    store.add(text, parse(text));
    expect(store.find(text)).toBeUndefined();
  });

  it.each([
    ['a short text', (index: number) => `${document}#${index}`, 900],
    ['thousands of comments', (index: number) => `${document}${'#\n'.repeat(7_000)}#${index}`, 3],
    [
      'several operations with fragments',
      (index: number) => `${repeated(index)} fragment f on Viewer { ownerId ownerName username }`,
      90,
    ],
  ])('counts the memory of a document, not its characters: at most %3$i documents of %s', (_what, write, most) => {
    const store = new OperationStore(schema);
    const texts = Array.from({ length: most + 10 }, (_, index) => write(index));
    for (const text of texts) {
      store.add(text, parse(text));
    }
    const kept = texts.filter((text) => store.find(text) !== undefined).length;
    expect(kept).toBeGreaterThan(most / 2);
    expect(kept).toBeLessThanOrEqual(most);
  });

  it('evicts no trusted document', () => {
    const store = createFullStore();
    expect([...clientDocuments].filter((text) => store.find(text) === undefined)).toEqual([]);
  });
});
