/** The parts of Lit for the dialogs. One file, because the CommonJS version of the package contains its copy of Lit. */
import { keyed } from 'lit/directives/keyed.js';
import { html as litHtml, type TemplateResult } from 'lit/html.js';

export { nothing, render, type TemplateResult } from 'lit/html.js';

/**
 * `html` of Lit, but a changed text is a new text node. Translations by the browser replace the text nodes of a page. Lit
 * would change the text of a node that is no longer in the page, and the row of an account would show another account.
 */
export function html(strings: TemplateStringsArray, ...values: unknown[]): TemplateResult {
  const isInTag = places.get(strings) ?? findPlaces(strings);
  places.set(strings, isInTag);
  return litHtml(
    strings,
    ...values.map((value, index) => (typeof value === 'string' && !isInTag[index] ? keyed(value, value) : value)),
  );
}

const places = new WeakMap<TemplateStringsArray, readonly boolean[]>();

/** Whether the value after each string is in a tag, and so belongs to an attribute. */
function findPlaces(strings: TemplateStringsArray): readonly boolean[] {
  let isInTag = false;
  return strings.map((text) => {
    const [start, end] = [text.lastIndexOf('<'), text.lastIndexOf('>')];
    isInTag = start === end ? isInTag : start > end;
    return isInTag;
  });
}
