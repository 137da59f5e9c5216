import type { HubSession } from '../core/connect-state.js';
import { attachHubs } from '../hub/hub-element.js';
import type { GuidedFlow, GuidedState } from '../integrations/guided-flow.js';
import type { ConnectLabels } from '../labels/labels.js';
import { choice, failure } from './connect-views.js';
import { type DialogFrame, openFrame } from './dialog-frame.js';
import { type DialogSettings, partClassName } from './dialog-parts.js';
import { html, nothing, type TemplateResult } from './lit.js';

export interface MountedHub {
  /** Applies changed settings, such as the theme. What the user has typed is kept. */
  readonly update: () => void;
  readonly unmount: () => void;
}

export interface ConnectDialogSettings extends DialogSettings {
  /** Shows the Hub in the slot. */
  readonly mountHub: (slot: HTMLElement, session: HubSession) => MountedHub;
}

/**
 * Shows a modal dialog with the Hub while the connection is open.
 * @param settings called for each change
 * @returns updates the texts of the dialog, and removes it
 */
export function attachDialog(
  connection: GuidedFlow,
  settings: () => ConnectDialogSettings,
): { readonly update: () => void; readonly detach: () => void } {
  let frame: DialogFrame | undefined;
  let detachHub: (() => void) | undefined;
  let hub: MountedHub | undefined;
  const remove = () => {
    frame?.remove();
    detachHub?.();
    frame = undefined;
    detachHub = undefined;
  };
  const update = () => {
    const state = connection.getState();
    if (state.phase === 'closed') {
      remove();
      return;
    }
    const current = settings();
    const content = { body: body(state, connection, current), footer: footer(state, connection, current) };
    if (frame !== undefined) {
      frame.render(current, content);
      hub?.update();
      return;
    }
    frame = openFrame(current, content, connection.close);
    const slot = frame.dialog.querySelector<HTMLElement>('.stackone-connect-hub');
    if (slot !== null) {
      detachHub = attachHubs(connection.flow, (session) => {
        hub = settings().mountHub(slot, session);
        return () => {
          hub?.unmount();
          hub = undefined;
        };
      });
    }
  };
  const unsubscribe = connection.subscribe(update);
  update();
  return {
    update: () => {
      if (frame !== undefined) {
        update();
      }
    },
    detach: () => {
      unsubscribe();
      remove();
    },
  };
}

/** The Hub is mounted in an element that the template leaves empty. */
function body(state: GuidedState, connection: GuidedFlow, settings: DialogSettings): TemplateResult {
  return html`<div class="stackone-connect-hub"></div>
    ${content(state, connection, settings)}`;
}

function content(
  state: GuidedState,
  connection: GuidedFlow,
  settings: DialogSettings,
): TemplateResult | typeof nothing {
  switch (state.phase) {
    case 'closed':
      return nothing;
    case 'question':
      return choice(state, connection, settings);
    case 'failed':
      return failure(state, connection, settings);
    case 'opening':
    case 'open':
    case 'confirming':
    case 'linked':
      return state.session === null
        ? html`<div class=${partClassName(settings)('placeholder')}>
            <span class="stackone-connect-spinner"></span>
          </div>`
        : nothing;
  }
}

function footer(state: GuidedState, connection: GuidedFlow, settings: DialogSettings): TemplateResult {
  const { labels } = settings;
  const signIn = state.phase === 'open' ? state.signIn : null;
  const action = () => {
    if (signIn !== null) {
      return html`<button form="" class=${partClassName(settings)('action')} @click=${signIn.continue}>
        ${labels.continueSignIn}
      </button>`;
    }
    return connection.canName()
      ? html`<button form="" class="stackone-connect-link" @click=${connection.askName}>
          ${labels.nameAccount}
        </button>`
      : nothing;
  };
  return html`<span class="stackone-connect-text" role="status">${statusOf(state, labels)}</span> ${action()}`;
}

function statusOf(state: GuidedState, labels: ConnectLabels): string {
  switch (state.phase) {
    case 'open': {
      if (state.signIn !== null) {
        return labels.signInBlocked;
      }
      const { provider, accountId } = state.request;
      return provider == null && accountId == null ? `${labels.open} ${labels.updatesLinked}` : labels.open;
    }
    case 'opening':
    case 'confirming':
    case 'linked':
      return labels[state.phase];
    case 'question':
      return labels.open;
    case 'closed':
    case 'failed':
      return '';
  }
}
