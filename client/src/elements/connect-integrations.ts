import type { ConnectClient } from '../core/connect-client.js';
import type { HubSession } from '../core/connect-state.js';
import type { LinkedAccount } from '../core/failure.js';
import { attachDialog, type MountedHub } from '../dialog/connect-dialog.js';
import type { DialogSettings } from '../dialog/dialog-parts.js';
import { addStyle } from '../dialog/dialog-style.js';
import { nothing, render } from '../dialog/lit.js';
import { loadHub, mountHubElement, requireHub } from '../hub/hub-element.js';
import { hubTheme, onColorSchemeChange, type Theme } from '../hub/hub-theme.js';
import { createIntegrations, type Integrations } from '../integrations/create-integrations.js';
import { defaultLabels } from '../labels/en.js';
import type { LabelChanges, Language } from '../labels/labels.js';
import { changeLabels, languageFor, loadLabels, onLanguageChange } from '../labels/load-labels.js';
import type { ConnectIntegrationsElement, ConnectIntegrationsProperties } from './element-properties.js';
import { elementStyle } from './element-style.js';
import { keepFocus, rowSelector, scopeOf } from './keep-focus.js';
import { pageView } from './page-view.js';
import { createRemovalDialog } from './removal-dialog.js';
import { dialogTitle } from './words.js';

/** There is no `HTMLElement` on a server, where frameworks import this module too. */
const Base: typeof HTMLElement = Reflect.get(globalThis, 'HTMLElement') ?? class {};

export const defaultProperties: ConnectIntegrationsProperties = {
  client: null,
  hubBaseUrl: 'https://api.stackone.com',
  hubSrc: null,
  loadHub: null,
  language: null,
  labels: null,
  theme: 'auto',
  requestIntegration: null,
};

/** Attributes and their properties. */
const attributes: Readonly<Record<string, keyof ConnectIntegrationsProperties>> = {
  'hub-base-url': 'hubBaseUrl',
  'hub-src': 'hubSrc',
  language: 'language',
  theme: 'theme',
};

let elements = 0;

/** In the light DOM, so that styles of the page and those of the Hub apply. */
export class ConnectIntegrations extends Base implements ConnectIntegrationsElement {
  static readonly observedAttributes = Object.keys(attributes);

  declare client: ConnectClient | null;
  declare hubBaseUrl: string;
  declare hubSrc: string | null;
  declare loadHub: (() => Promise<unknown>) | null;
  declare language: string | null;
  declare labels: LabelChanges | null;
  declare theme: Theme;
  declare requestIntegration: ((search: string) => void) | null;

  integrations: Integrations | null = null;
  /** The values of the properties, see the end of this file. */
  readonly values = { ...defaultProperties };
  #client: ConnectClient | null = null;
  #id = '';
  #language = '';
  #loaded = defaultLabels;
  #labels = defaultLabels;
  /** Only a change sets `color-scheme`: the page can have set it, in the attribute `style`. */
  #theme: Theme = 'auto';
  #isUpdating = false;
  #hadDialog = false;
  /** The last button that was pressed: a dialog belongs to it. */
  #opener: Element | null = null;
  /** The id of its row. Lit can use the button for another row. */
  #openerRow = '';
  #stopLanguageWatch: () => void = () => {};
  #detach: () => void = () => {};
  #updateDialogs: () => void = () => {};

  connectedCallback(): void {
    if (this.#id === '') {
      this.#id = `stackone-connect-page-${++elements}`;
      // Of the element that this one is a copy of. Turbo and htmx keep a copy of a page for the way back.
      this.replaceChildren();
    }
    addStyle(this.getRootNode(), elementStyle);
    this.addEventListener('click', this.#rememberOpener, { capture: true });
    this.#stopLanguageWatch = onLanguageChange(() => this.requestUpdate());
    for (const name of Object.keys(defaultProperties)) {
      // Set before the element was defined.
      if (Object.hasOwn(this, name)) {
        const value: unknown = Reflect.get(this, name);
        Reflect.deleteProperty(this, name);
        Reflect.set(this, name, value);
      }
    }
    this.requestUpdate();
  }

  disconnectedCallback(): void {
    this.#stopLanguageWatch();
    // An element that is moved, for example to another place in a list, is connected again at once. It keeps its state.
    queueMicrotask(() => this.isConnected || this.#detach());
  }

  attributeChangedCallback(attribute: string, _before: string | null, value: string | null): void {
    const name = attributes[attribute];
    if (name !== undefined) {
      Reflect.set(this, name, value);
    }
  }

  /** Updates once after any number of changes. */
  requestUpdate(): void {
    if (this.#isUpdating || !this.isConnected) {
      return;
    }
    this.#isUpdating = true;
    queueMicrotask(() => {
      this.#isUpdating = false;
      if (this.isConnected) {
        this.#update();
      }
    });
  }

  #update(): void {
    if (this.#client !== this.client) {
      this.#detach();
      if (this.client !== null) {
        this.#attach(this.client);
      }
    }
    void this.#loadLabels(languageFor(this.language, this));
    this.#labels = changeLabels(this.#loaded, this.labels ?? undefined);
    if (this.#theme !== this.theme) {
      this.#theme = this.theme;
      this.style.colorScheme = this.theme === 'auto' ? '' : this.theme;
    }
    keepFocus(this, () => this.#render(), `${this.#id}-connections`);
    this.#updateDialogs();
    this.#keepFocusAfterDialog();
  }

  /**
   * The button that opened the dialog can be gone, so that the browser cannot restore the focus, or be in the row of
   * another account, because a live update has changed the list meanwhile.
   */
  #keepFocusAfterDialog(): void {
    const state = this.integrations?.getState();
    const isOpen = state?.dialog != null;
    if (this.#hadDialog && !isOpen) {
      const notice = state?.notice;
      const scope = scopeOf(this);
      const rowId = notice?.kind === 'linked' ? `${this.#id}-${notice.account.id}` : this.#openerRow;
      const focusedRow = scope.activeElement?.closest(rowSelector)?.id ?? rowId;
      if ((rowId !== '' && focusedRow !== rowId) || document.activeElement === document.body) {
        (scope.getElementById(rowId) ?? scope.getElementById(`${this.#id}-connections`))?.focus();
      }
    }
    this.#hadDialog = isOpen;
  }

  #render(): void {
    const { integrations } = this;
    if (integrations === null) {
      render(nothing, this);
      return;
    }
    const view = {
      state: integrations.getState(),
      integrations,
      labels: this.#labels,
      requestIntegration: this.requestIntegration,
      id: (name: string) => `${this.#id}-${name}`,
    };
    render(pageView(view), this);
  }

  #rememberOpener = ({ target }: Event): void => {
    this.#opener = target instanceof Element ? target.closest('button') : null;
    this.#openerRow = this.#opener?.closest(rowSelector)?.id ?? '';
  };

  async #loadLabels(language: Language): Promise<void> {
    if (language === this.#language) {
      return;
    }
    this.#language = language;
    // Without a connection the texts stay in English.
    const labels = await loadLabels(language).catch(() => defaultLabels);
    if (language === this.#language) {
      this.#loaded = labels;
      this.requestUpdate();
    }
  }

  #attach(client: ConnectClient): void {
    const integrations = createIntegrations(client, {
      prepare: async () => {
        await (this.hubSrc === null ? this.loadHub?.() : loadHub(this.hubSrc, { nonce: this.nonce }));
        requireHub();
      },
      onLinked: (account) => this.#report('linked', account),
      onRemoved: (account) => this.#report('removed', account),
    });
    const { connection } = integrations;
    const dialog = attachDialog(connection, () => ({
      ...this.#dialogSettings(integrations),
      mountHub: (slot, session) => this.#mountHub(integrations, slot, session),
    }));
    const removal = createRemovalDialog(integrations, () => this.#dialogSettings(integrations));
    const unsubscribe = integrations.subscribe(() => this.requestUpdate());
    this.#client = client;
    this.integrations = integrations;
    this.#updateDialogs = () => {
      dialog.update();
      removal.update();
    };
    this.#detach = () => {
      this.#detach = () => {};
      this.#updateDialogs = () => {};
      this.#client = null;
      this.integrations = null;
      unsubscribe();
      integrations.dispose();
      removal.remove();
      dialog.detach();
    };
    integrations.load();
  }

  #dialogSettings(integrations: Integrations): DialogSettings {
    const labels = this.#labels;
    const title = dialogTitle(integrations.getState(), labels);
    return { opener: this.#opener ?? this, title, labels, theme: this.theme, nonce: this.nonce };
  }

  #mountHub({ connection: { flow } }: Integrations, slot: HTMLElement, session: HubSession): MountedHub {
    const theme = () => hubTheme(this.theme, slot);
    const unmount = mountHubElement(flow, session, {
      slot,
      baseUrl: this.hubBaseUrl,
      waitingText: this.#labels.signInWaiting,
      // The height of the dialog body. A percentage would refer to an inner element without a height.
      attributes: () => ({ theme: theme(), height: '100cqh', 'on-close-label': this.#labels.done }),
    });
    // Unlike `token`, the theme can be changed on a mounted Hub. User input is kept.
    const update = () => slot.firstElementChild?.setAttribute('theme', theme());
    const unsubscribe = onColorSchemeChange(update);
    return {
      update,
      unmount: () => {
        unsubscribe();
        unmount();
      },
    };
  }

  #report(type: 'linked' | 'removed', detail: LinkedAccount): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

for (const [name, initial] of Object.entries(defaultProperties)) {
  Object.defineProperty(ConnectIntegrations.prototype, name, {
    get(this: ConnectIntegrations): unknown {
      return Reflect.get(this.values, name);
    },
    set(this: ConnectIntegrations, value: unknown) {
      // Frameworks set null and undefined for no value.
      Reflect.set(this.values, name, value ?? initial);
      this.requestUpdate();
    },
  });
}
