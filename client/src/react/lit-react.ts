/** One file, because the CommonJS version of the package contains its copy of `@lit/react`. */
export { createComponent, type EventName } from '@lit/react';
