/** The parts of Lit for the dialogs. One file, because the CommonJS version of the package contains its copy of Lit. */
export { html, nothing, render, type TemplateResult } from 'lit/html.js';
