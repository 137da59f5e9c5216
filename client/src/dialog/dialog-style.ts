/**
 * Style sheet of the dialogs. Without tokens of the page each element has its own colors, from system colors, which
 * follow the theme: a rule of the page must not change the text alone. `all` takes away what rules of the page for
 * elements, such as `button`, set, and what the dialog inherits. `:where()` keeps the specificity of each rule at two
 * elements, so that every class of the page overrides them.
 */
export const dialogStyle = `
dialog:where(.stackone-connect) {
  --text: var(--stackone-connect-text, CanvasText);
  --surface: var(--stackone-connect-surface, Canvas);
  --line: var(--stackone-connect-border, color-mix(in srgb, CanvasText 16%, transparent));
  --radius: var(--stackone-connect-radius, 0.75rem);
  all: initial;
  box-sizing: border-box;
  position: fixed;
  inset: 0;
  width: min(36rem, calc(100vw - 2rem));
  height: min(42rem, calc(100dvh - 2rem));
  margin: auto;
  overflow: auto;
  overscroll-behavior: contain;
  border: 1px solid var(--line);
  border-radius: calc(var(--radius) * 1.25);
  background: var(--surface);
  color: var(--text);
  font-family: var(--stackone-connect-font, inherit);
  font-size: 0.9375rem;
  line-height: 1.5;
  user-select: text;
  box-shadow: 0 1.5rem 4rem rgb(0 0 0 / 0.3);
}
dialog:where(.stackone-connect[open]) {
  display: grid;
  grid-template-rows: auto minmax(12rem, 1fr) auto;
}
dialog:where(.stackone-connect-question) {
  width: min(30rem, calc(100vw - 2rem));
  grid-template-rows: auto;
  height: fit-content;
  max-height: calc(100dvh - 2rem);
}
dialog:where(.stackone-connect) :where([class^=stackone-connect-]) {
  all: revert;
  box-sizing: border-box;
}
.stackone-connect::backdrop {
  background: rgb(0 0 0 / 0.5);
}
dialog div:where(.stackone-connect-header) {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 1rem;
  padding-block: 0.75rem;
  padding-inline: 1.5rem 0.75rem;
  border-bottom: 1px solid var(--line);
}
dialog div:where(.stackone-connect-question > .stackone-connect-header) {
  border-bottom: 0;
}
dialog div:where(.stackone-connect-title) {
  min-width: 0;
  font-size: 1.0625rem;
  font-weight: 600;
  line-height: 1.4;
  overflow-wrap: anywhere;
  outline: none;
}
dialog button:where(.stackone-connect-close, .stackone-connect-action) {
  border: 1px solid transparent;
  border-radius: calc(var(--radius) * 0.7);
  color: var(--text);
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
dialog :where(.stackone-connect-close) svg {
  all: revert;
  width: 1rem;
  height: 1rem;
}
dialog button:where(.stackone-connect-close:hover) {
  background: color-mix(in srgb, var(--text) 8%, transparent);
}
dialog div:where(.stackone-connect-body) {
  margin: 0 0.75rem;
  padding: 0.75rem 0;
  overflow: auto;
  overscroll-behavior: contain;
  container-type: size;
}
dialog div:where(.stackone-connect-question > .stackone-connect-body) {
  margin: 0;
  padding: 0 1.5rem;
  overflow: visible;
  container-type: normal;
}
dialog div:where(.stackone-connect-hub) {
  display: contents;
}
dialog div:where(.stackone-connect-placeholder) {
  display: grid;
  align-content: safe center;
  justify-items: center;
  gap: 0.75rem;
  min-height: 100%;
  padding: 1.5rem 1rem;
  text-align: center;
}
dialog div:where(.stackone-connect-heading),
dialog div:where(.stackone-connect-text),
dialog label:where(.stackone-connect-text) {
  max-width: 26rem;
  overflow-wrap: anywhere;
}
dialog div:where(.stackone-connect-heading) {
  font-size: 1.125rem;
  font-weight: 600;
}
dialog div:where(#stackone-connect-hint) {
  color: var(--stackone-connect-muted, var(--text));
  font-size: 0.875rem;
}
dialog label:where(.stackone-connect-text) {
  font-weight: 500;
}
dialog button:where(.stackone-connect-action) {
  min-height: 2.5rem;
  margin-top: 0.5rem;
  padding: 0.375rem 1.25rem;
  border-color: var(--stackone-connect-accent, var(--text));
  background: var(--stackone-connect-accent, var(--text));
  color: var(--stackone-connect-on-accent, var(--surface));
  font-weight: 550;
}
dialog button:where(.stackone-connect-action.stackone-connect-danger) {
  border-color: var(--stackone-connect-danger, var(--text));
  background: var(--stackone-connect-danger, var(--text));
  color: var(--stackone-connect-on-danger, var(--surface));
}
dialog button:where(.stackone-connect-action.stackone-connect-secondary) {
  border-color: var(--line);
  background: var(--surface);
  color: var(--text);
}
dialog button:where(.stackone-connect-action:hover) {
  filter: brightness(0.94);
}
dialog button:where(.stackone-connect-status > *) {
  flex: none;
  margin-top: 0;
}
dialog div:where(.stackone-connect-choice),
dialog form:where(.stackone-connect-choice) {
  display: grid;
  gap: 0.375rem;
  width: min(100%, 26rem);
  padding: 1rem;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  text-align: start;
}
dialog div:where(.stackone-connect-notice) {
  margin: 0.75rem 0 0;
  padding: 0.625rem 0.875rem;
  border: 1px solid var(--stackone-connect-warning, var(--text));
  border-radius: calc(var(--radius) * 0.7);
}
dialog input:where(.stackone-connect-input) {
  width: 100%;
  min-height: 2.5rem;
  padding: 0 0.75rem;
  border: 1px solid color-mix(in srgb, var(--text) 55%, transparent);
  border-radius: calc(var(--radius) * 0.7);
  background: var(--surface);
  color: var(--text);
  font: inherit;
}
dialog :where(button, input):focus-visible {
  outline: 2px solid var(--stackone-connect-accent, var(--text));
  outline-offset: 2px;
}
dialog span:where(.stackone-connect-spinner) {
  width: 1.75rem;
  height: 1.75rem;
  border: 3px solid color-mix(in srgb, var(--text) 15%, transparent);
  border-top-color: var(--stackone-connect-accent, var(--text));
  border-radius: 50%;
  animation: stackone-connect-spin 0.8s linear infinite;
}
@keyframes stackone-connect-spin {
  to { rotate: 1turn; }
}
@media (prefers-reduced-motion: reduce) {
  dialog span:where(.stackone-connect-spinner) { animation-duration: 4s; }
}
@media (forced-colors: active) {
  dialog span:where(.stackone-connect-spinner) {
    forced-color-adjust: none;
    border-color: Canvas;
    border-top-color: CanvasText;
  }
}
dialog div:where(.stackone-connect-status) {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: 0.5rem 1rem;
  min-height: 1.5rem;
  padding: 0.75rem 1.5rem;
  border-top: 1px solid var(--line);
  font-size: 0.875rem;
  line-height: 1.25rem;
}
dialog div:where(.stackone-connect-question > .stackone-connect-status) {
  justify-content: flex-end;
  padding: 1.25rem 1.5rem 1.5rem;
  border-top: 0;
}
dialog span:where(.stackone-connect-status > *) {
  opacity: 0.8;
}
dialog button:where(.stackone-connect-link) {
  flex: none;
  min-height: 1.5rem;
  padding: 0;
  border: 0;
  background: none;
  color: var(--text);
  font: inherit;
  text-decoration: underline;
  cursor: pointer;
}
@media (max-width: 30rem) {
  dialog:where(.stackone-connect:not(.stackone-connect-question)) {
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

const sheets = new Map<string, CSSStyleSheet>();

/** Adds a style sheet once to a document or a shadow root. Without support, an element must contain it. */
export function addStyle(root: Node, style: string): void {
  if (!canAdoptStyle() || !(root instanceof Document || root instanceof ShadowRoot)) {
    return;
  }
  const sheet = sheets.get(style) ?? new CSSStyleSheet();
  if (!sheets.has(style)) {
    sheet.replaceSync(style);
    sheets.set(style, sheet);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }
}
