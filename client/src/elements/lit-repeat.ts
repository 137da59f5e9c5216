/** One file, because the CommonJS version of the package contains its copy of Lit. */
export { repeat } from 'lit/directives/repeat.js';
