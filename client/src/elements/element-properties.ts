import type { ConnectClient } from '../core/connect-client.js';
import type { LinkedAccount } from '../core/failure.js';
import type { Theme } from '../hub/hub-theme.js';
import type { Integrations } from '../integrations/create-integrations.js';
import type { LabelChanges } from '../labels/labels.js';

/** The properties of `<connect-integrations>`. Those with a text as their value are attributes too, such as `hub-src`. */
export interface ConnectIntegrationsProperties {
  /** From `createConnectClient`. Required. */
  client: ConnectClient | null;
  /** Base URL of StackOne's API for the browser, without a trailing slash. Default: `https://api.stackone.com`. */
  hubBaseUrl: string;
  /** URL of your copy of `@stackone/hub/webcomponent`. Loaded on the first connection. */
  hubSrc: string | null;
  /** Loads the web component of the Hub instead of `hubSrc`: `() => import('@stackone/hub/webcomponent')`. */
  loadHub: (() => Promise<unknown>) | null;
  /** Language of the texts, such as `de` or `de-AT`. Default: the attribute `lang` of the element or an ancestor. */
  language: string | null;
  /** Replaces texts. */
  labels: LabelChanges | null;
  /** Default: `auto`, which follows the CSS property `color-scheme`. */
  theme: Theme;
  /** Called when the user asks for an integration that is missing, with the search text. Null: the user cannot ask. */
  requestIntegration: ((search: string) => void) | null;
}

/** `<connect-integrations>`: the page of the integrations of a customer. Its events are `linked` and `removed`. */
export interface ConnectIntegrationsElement extends HTMLElement, ConnectIntegrationsProperties {
  /** State and actions of the page. Null without a client, and outside of a document. */
  readonly integrations: Integrations | null;
  addEventListener<Type extends keyof ConnectIntegrationsEvents>(
    type: Type,
    listener: (event: ConnectIntegrationsEvents[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof ConnectIntegrationsEvents>(
    type: Type,
    listener: (event: ConnectIntegrationsEvents[Type]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** The account is the `detail` of the event. */
export interface ConnectIntegrationsEvents extends HTMLElementEventMap {
  /** An account was linked on this page. The dialog is closed. */
  readonly linked: CustomEvent<LinkedAccount>;
  /** An account was removed on this page. */
  readonly removed: CustomEvent<LinkedAccount>;
}
