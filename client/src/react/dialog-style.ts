/**
 * Stylesheet of the dialog, rendered inline so that pages need no import. `:where()` keeps the specificity of each rule
 * at one element: the rules override earlier rules for `h2` or `button`, and every class of the page overrides them.
 * The system colors follow the theme.
 */
export const dialogStyle = `
dialog:where(.stackone-connect) {
  box-sizing: border-box;
  width: min(40rem, calc(100vw - 2rem));
  max-width: none;
  height: min(46rem, calc(100dvh - 2rem));
  max-height: none;
  margin: auto;
  padding: 0;
  overflow: hidden;
  border: 1px solid color-mix(in srgb, CanvasText 14%, transparent);
  border-radius: 0.75rem;
  background: Canvas;
  color: CanvasText;
  text-align: start;
  box-shadow: 0 1.5rem 4rem rgb(0 0 0 / 0.3);
}
dialog:where(.stackone-connect[open]) {
  display: grid;
  grid-template-rows: auto minmax(0, 1fr) auto;
}
.stackone-connect::backdrop {
  background: rgb(0 0 0 / 0.5);
}
div:where(.stackone-connect-header) {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 1rem;
  padding: 0.75rem 0.75rem 0.75rem 1.25rem;
}
h2:where(.stackone-connect-title) {
  margin: 0;
  font-size: 1.0625rem;
  font-weight: 600;
  line-height: 1.4;
  outline: none;
}
button:where(.stackone-connect-close, .stackone-connect-action) {
  border: 1px solid transparent;
  border-radius: 0.5rem;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
button:where(.stackone-connect-close) {
  display: grid;
  flex: none;
  place-items: center;
  width: 2.5rem;
  height: 2.5rem;
  padding: 0;
  background: none;
}
button:where(.stackone-connect-close:hover) {
  background: color-mix(in srgb, CanvasText 8%, transparent);
}
div:where(.stackone-connect-body) {
  margin: 0 0.75rem;
  overflow: auto;
  container-type: size;
}
div:where(.stackone-connect-placeholder) {
  box-sizing: border-box;
  display: grid;
  align-content: center;
  justify-items: center;
  gap: 0.75rem;
  min-height: 100%;
  padding: 2rem;
  line-height: 1.5;
  text-align: center;
}
h3:where(.stackone-connect-placeholder > *),
p:where(.stackone-connect-placeholder > *) {
  max-width: 26rem;
  margin: 0;
}
h3:where(.stackone-connect-placeholder > *) {
  font-size: 1.125rem;
}
button:where(.stackone-connect-action) {
  min-height: 2.5rem;
  margin-top: 0.5rem;
  padding: 0 1.25rem;
  background: CanvasText;
  color: Canvas;
  font-weight: 500;
}
span:where(.stackone-connect-spinner) {
  width: 1.75rem;
  height: 1.75rem;
  border: 3px solid color-mix(in srgb, CanvasText 15%, transparent);
  border-top-color: currentColor;
  border-radius: 50%;
  animation: stackone-connect-spin 0.8s linear infinite;
}
@keyframes stackone-connect-spin {
  to { rotate: 1turn; }
}
@media (prefers-reduced-motion: reduce) {
  span:where(.stackone-connect-spinner) { animation-duration: 4s; }
}
p:where(.stackone-connect-status) {
  min-height: 1.25rem;
  margin: 0;
  padding: 0.75rem 1.25rem;
  font-size: 0.875rem;
  line-height: 1.25rem;
  opacity: 0.8;
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
