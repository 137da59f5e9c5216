import type { FieldNode, FormattedExecutionResult, GraphQLResolveInfo } from 'graphql';
import { LRUCache } from 'lru-cache';
import { planOf } from './selection.js';

/** Selections of one list whose text is kept: a page sends one. */
const maxSelections = 4;

type Texts = LRUCache<readonly FieldNode[], string>;
/** The keys are the lists, so the texts of an old catalog are removed with it. */
const textsByList = new WeakMap<readonly unknown[], Texts>();

/**
 * The JSON of one response. A frozen list at the root, such as the catalog of providers, is the same for many callers: if
 * nothing below it runs a resolver, its text is made once for each selection, and later requests neither copy nor
 * serialize it.
 */
export class SharedTexts {
  readonly #known = new Map<string | number, string>();
  readonly #missing = new Map<string | number, (text: string) => void>();

  /** @returns what is left to do for the executor: an empty list in place of one whose text is known */
  replace(value: unknown, info: GraphQLResolveInfo): unknown {
    const { path, fieldNodes } = info;
    const isShared = Array.isArray(value) && Object.isFrozen(value) && path.prev === undefined && planOf(info).isPlain;
    if (!isShared) {
      return value;
    }
    const texts = textsByList.get(value) ?? new LRUCache({ max: maxSelections });
    textsByList.set(value, texts);
    const text = texts.get(fieldNodes);
    if (text === undefined) {
      this.#missing.set(path.key, (made) => texts.set(fieldNodes, made));
      return value;
    }
    this.#known.set(path.key, text);
    return [];
  }

  /** The same text as that of `JSON.stringify`. */
  stringify(result: FormattedExecutionResult): string {
    const { data, errors } = result;
    if (data == null || this.#known.size + this.#missing.size === 0) {
      return JSON.stringify(result);
    }
    let fields = '';
    for (const [key, value] of Object.entries(data)) {
      if (value !== undefined) {
        // Unlike `join`, this does not copy the text.
        fields += `${fields === '' ? '' : ','}${JSON.stringify(key)}:${this.#textOf(key, value)}`;
      }
    }
    const errorsText = errors === undefined ? '' : `"errors":${JSON.stringify(errors)},`;
    return `{${errorsText}"data":{${fields}}}`;
  }

  #textOf(key: string, value: unknown): string {
    const known = this.#known.get(key);
    if (known !== undefined) {
      return known;
    }
    const text = JSON.stringify(value);
    this.#missing.get(key)?.(text);
    return text;
  }
}
