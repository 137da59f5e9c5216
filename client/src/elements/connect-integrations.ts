import type { ConnectClient } from '../core/connect-client.js';
import type { HubSession } from '../core/connect-state.js';
import type { LinkedAccount } from '../core/failure.js';
import { attachDialog } from '../dialog/connect-dialog.js';
import type { DialogSettings } from '../dialog/dialog-parts.js';
import { addStyle, canAdoptStyle } from '../dialog/dialog-style.js';
import { html, nothing, type TemplateResult } from '../dialog/lit.js';
import { loadHub, mountHubElement } from '../hub/hub-element.js';
import { hubTheme, onColorSchemeChange, type Theme } from '../hub/hub-theme.js';
import { createIntegrations, type Integrations } from '../integrations/create-integrations.js';
import { defaultLabels } from '../labels/en.js';
import type { LabelChanges } from '../labels/labels.js';
import { changeLabels, languageFor, loadLabels } from '../labels/load-labels.js';
import type { ConnectIntegrationsElement } from './element-properties.js';
import { elementStyle } from './element-style.js';
import { LitElement, type PropertyValues } from './lit-element.js';
import { pageView } from './page-view.js';
import { attachRemoval } from './removal-dialog.js';
import { accountName, dialogTitle } from './words.js';

let elements = 0;

/** In the light DOM, so that styles of the page and those of the Hub apply. */
export class ConnectIntegrations extends LitElement implements ConnectIntegrationsElement {
  static override readonly properties = {
    client: { attribute: false },
    hubBaseUrl: { attribute: 'hub-base-url' },
    hubSrc: { attribute: 'hub-src' },
    loadHub: { attribute: false },
    language: {},
    labels: { attribute: false },
    theme: { reflect: true },
    requestIntegration: { attribute: false },
  };

  declare client: ConnectClient | null;
  declare hubBaseUrl: string;
  declare hubSrc: string | null;
  declare loadHub: (() => Promise<unknown>) | null;
  declare language: string | null;
  declare labels: LabelChanges | null;
  declare theme: Theme;
  declare requestIntegration: ((search: string) => void) | null;

  integrations: Integrations | null = null;
  #id = '';
  #loaded = defaultLabels;
  #labels = defaultLabels;
  #hadFocus = false;
  /** The last button that was pressed: a dialog belongs to it. */
  #opener: Element | null = null;
  #detach: () => void = () => {};
  #updateDialogs: () => void = () => {};

  constructor() {
    super();
    this.client = null;
    this.hubBaseUrl = 'https://api.stackone.com';
    this.hubSrc = null;
    this.loadHub = null;
    this.language = null;
    this.labels = null;
    this.theme = 'auto';
    this.requestIntegration = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    elements += 1;
    this.#id = `stackone-connect-page-${elements}`;
    addStyle(this.getRootNode(), elementStyle);
    this.addEventListener('click', this.#rememberOpener, { capture: true });
    this.requestUpdate('client');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('click', this.#rememberOpener, { capture: true });
    this.#detach();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#hadFocus = this.contains(document.activeElement);
    if (changed.has('client')) {
      this.#detach();
      if (this.client != null && this.isConnected) {
        this.#attach(this.client);
      }
    }
    if (changed.has('language') || changed.has('client')) {
      void this.#loadLabels();
    }
    this.#labels = changeLabels(this.#loaded, this.labels ?? undefined);
  }

  protected override render(): TemplateResult {
    const { integrations, requestIntegration } = this;
    const labels = this.#labels;
    const id = (name: string) => `${this.#id}-${name}`;
    return html`${canAdoptStyle() ? nothing : html`<style nonce=${this.nonce ?? nothing}>${elementStyle}</style>`}
    ${
      integrations === null
        ? nothing
        : pageView({
            state: integrations.getState(),
            integrations,
            labels,
            requestIntegration: requestIntegration ?? null,
            id,
          })
    }`;
  }

  protected override updated(): void {
    this.#updateDialogs();
    // An update can remove the focused button, such as that of a removed account.
    if (this.#hadFocus && document.activeElement === document.body) {
      const notice = this.integrations?.getState().notice;
      const name = notice?.kind === 'linked' ? notice.account.id : 'connections';
      document.getElementById(`${this.#id}-${name}`)?.focus();
    }
  }

  #rememberOpener = ({ target }: Event): void => {
    this.#opener = target instanceof Element ? target.closest('button') : null;
  };

  async #loadLabels(): Promise<void> {
    const language = languageFor(this.language, this);
    // Without a connection the texts stay in English.
    const labels = await loadLabels(language).catch(() => defaultLabels);
    if (language === languageFor(this.language, this)) {
      this.#loaded = labels;
      this.requestUpdate();
    }
  }

  #attach(client: ConnectClient): void {
    const integrations = createIntegrations(client, {
      prepare: async () => (this.hubSrc === null ? this.loadHub?.() : loadHub(this.hubSrc, { nonce: this.nonce })),
      onLinked: (account) => this.#report('linked', account),
      onRemoved: (account) => this.#report('removed', account),
    });
    const { connection } = integrations;
    const dialog = attachDialog(connection, () => ({
      ...this.#dialogSettings(integrations),
      mountHub: (slot, session) => this.#mountHub(integrations, slot, session),
    }));
    const removal = attachRemoval(integrations, () => this.#dialogSettings(integrations));
    const unsubscribe = integrations.subscribe(() => this.requestUpdate());
    this.integrations = integrations;
    this.#updateDialogs = dialog.update;
    this.#detach = () => {
      this.#detach = () => {};
      this.#updateDialogs = () => {};
      this.integrations = null;
      unsubscribe();
      integrations.dispose();
      removal();
      dialog.detach();
    };
    integrations.load();
  }

  #dialogSettings(integrations: Integrations): DialogSettings {
    const state = integrations.getState();
    const labels = this.#labels;
    const { dialog } = state;
    const title =
      dialog?.kind === 'remove'
        ? labels.disconnectTitle(accountName(state, dialog.account, labels))
        : dialogTitle(state, integrations.target(), labels);
    return { opener: this.#opener ?? this, title, labels, theme: this.theme, nonce: this.nonce };
  }

  #mountHub({ connection: { flow } }: Integrations, slot: HTMLElement, session: HubSession): () => void {
    const theme = () => hubTheme(this.theme, slot);
    const unmount = mountHubElement(flow, session, {
      slot,
      baseUrl: this.hubBaseUrl,
      waitingText: this.#labels.signInWaiting,
      // The height of the dialog body. A percentage would refer to an inner element without a height.
      attributes: () => ({ theme: theme(), height: '100cqh', 'on-close-label': this.#labels.done }),
    });
    // Unlike `token`, the theme can be changed on a mounted Hub. User input is kept.
    const unsubscribe = onColorSchemeChange(() => slot.firstElementChild?.setAttribute('theme', theme()));
    return () => {
      unsubscribe();
      unmount();
    };
  }

  #report(type: 'linked' | 'removed', detail: LinkedAccount): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
