/** The parts of Lit for elements. One file, because the CommonJS version of the package contains its copy of Lit. */
export { LitElement, type PropertyValues } from 'lit';
export { repeat } from 'lit/directives/repeat.js';
