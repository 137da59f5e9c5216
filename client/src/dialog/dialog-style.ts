/**
 * Style sheet of the dialog. Each element has its own colors, from system colors, which follow the theme: a rule of the
 * page must not change the text alone. `:where()` keeps the specificity of each rule at two elements: the rules override
 * those of the page for elements, such as `button`, and every class of the page overrides them.
 */
export const dialogStyle = `
dialog:where(.stackone-connect) {
  box-sizing: border-box;
  position: fixed;
  inset: 0;
  z-index: 2147483647;
  width: min(40rem, calc(100vw - 2rem));
  max-width: none;
  height: min(46rem, calc(100dvh - 2rem));
  max-height: none;
  margin: auto;
  padding: 0;
  overflow: hidden;
  overscroll-behavior: contain;
  border: 1px solid color-mix(in srgb, CanvasText 14%, transparent);
  border-radius: 0.75rem;
  background: Canvas;
  color: CanvasText;
  font-size: 1rem;
  font-style: normal;
  font-weight: 400;
  line-height: 1.5;
  letter-spacing: normal;
  text-align: start;
  text-shadow: none;
  text-transform: none;
  white-space: normal;
  cursor: auto;
  pointer-events: auto;
  user-select: text;
  visibility: visible;
  box-shadow: 0 1.5rem 4rem rgb(0 0 0 / 0.3);
}
dialog:where(.stackone-connect[open]) {
  display: grid;
  grid-template-rows: auto minmax(0, 1fr) auto;
}
.stackone-connect::backdrop {
  background: rgb(0 0 0 / 0.5);
}
dialog div:where(.stackone-connect-header) {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 1rem;
  padding: 0.75rem 0.75rem 0.75rem 1.25rem;
}
dialog div:where(.stackone-connect-title) {
  margin: 0;
  color: CanvasText;
  font-size: 1.0625rem;
  font-weight: 600;
  line-height: 1.4;
  outline: none;
}
dialog button:where(.stackone-connect-close, .stackone-connect-action) {
  border: 1px solid transparent;
  border-radius: 0.5rem;
  color: CanvasText;
  font: inherit;
  cursor: pointer;
}
dialog button:where(.stackone-connect-close) {
  display: grid;
  flex: none;
  place-items: center;
  width: 2.5rem;
  height: 2.5rem;
  padding: 0;
  background: none;
}
dialog button:where(.stackone-connect-close:hover) {
  background: color-mix(in srgb, CanvasText 8%, transparent);
}
dialog div:where(.stackone-connect-body) {
  margin: 0 0.75rem;
  overflow: auto;
  overscroll-behavior: contain;
  container-type: size;
}
dialog div:where(.stackone-connect-placeholder) {
  box-sizing: border-box;
  display: grid;
  align-content: center;
  justify-items: center;
  gap: 0.75rem;
  min-height: 100%;
  padding: 2rem;
  text-align: center;
}
dialog div:where(.stackone-connect-heading),
dialog div:where(.stackone-connect-text),
dialog label:where(.stackone-connect-text) {
  max-width: 26rem;
  margin: 0;
  color: CanvasText;
  overflow-wrap: anywhere;
}
dialog div:where(.stackone-connect-heading) {
  font-size: 1.125rem;
  font-weight: 600;
}
dialog button:where(.stackone-connect-action) {
  min-height: 2.5rem;
  margin-top: 0.5rem;
  padding: 0 1.25rem;
  background: CanvasText;
  color: Canvas;
  font-weight: 500;
}
dialog button:where(.stackone-connect-status > *) {
  flex: none;
  margin-top: 0;
}
dialog div:where(.stackone-connect-account),
dialog form:where(.stackone-connect-account) {
  box-sizing: border-box;
  display: grid;
  gap: 0.25rem;
  width: min(100%, 26rem);
  margin: 0;
  padding: 1rem;
  border: 1px solid color-mix(in srgb, CanvasText 14%, transparent);
  border-radius: 0.75rem;
  background: none;
  text-align: start;
}
dialog input:where(.stackone-connect-input) {
  box-sizing: border-box;
  width: 100%;
  min-height: 2.5rem;
  margin: 0;
  padding: 0 0.75rem;
  border: 1px solid color-mix(in srgb, CanvasText 45%, transparent);
  border-radius: 0.5rem;
  background: Canvas;
  color: CanvasText;
  font: inherit;
}
dialog span:where(.stackone-connect-spinner) {
  width: 1.75rem;
  height: 1.75rem;
  border: 3px solid color-mix(in srgb, CanvasText 15%, transparent);
  border-top-color: CanvasText;
  border-radius: 50%;
  animation: stackone-connect-spin 0.8s linear infinite;
}
@keyframes stackone-connect-spin {
  to { rotate: 1turn; }
}
@media (prefers-reduced-motion: reduce) {
  dialog span:where(.stackone-connect-spinner) { animation-duration: 4s; }
}
dialog div:where(.stackone-connect-status) {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  justify-content: space-between;
  gap: 1rem;
  min-height: 1.25rem;
  margin: 0;
  padding: 0.75rem 1.25rem;
  color: CanvasText;
  font-size: 0.875rem;
  line-height: 1.25rem;
}
dialog span:where(.stackone-connect-status > *) {
  color: CanvasText;
  opacity: 0.8;
}
dialog button:where(.stackone-connect-link) {
  flex: none;
  padding: 0;
  border: 0;
  background: none;
  color: CanvasText;
  font: inherit;
  text-decoration: underline;
  cursor: pointer;
}
@media (max-width: 30rem) {
  dialog:where(.stackone-connect) {
    width: 100vw;
    height: 100dvh;
    border: 0;
    border-radius: 0;
  }
}
`;

/** Whether the style sheet needs no element. A content security policy restricts elements only. */
export function canAdoptStyle(): boolean {
  return 'adoptedStyleSheets' in document && 'replaceSync' in CSSStyleSheet.prototype;
}

let sheet: CSSStyleSheet | undefined;

/** Adds the style sheet once to a document or a shadow root. Without support the dialog contains it. */
export function addDialogStyle(root: Node): void {
  if (!canAdoptStyle() || !(root instanceof Document || root instanceof ShadowRoot)) {
    return;
  }
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(dialogStyle);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }
}
