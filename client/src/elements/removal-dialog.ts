import { type DialogFrame, openFrame } from '../dialog/dialog-frame.js';
import type { DialogSettings } from '../dialog/dialog-parts.js';
import { html, nothing } from '../dialog/lit.js';
import type { Integrations } from '../integrations/create-integrations.js';
import { describeFailure } from '../labels/describe-failure.js';

interface RemovalDialog {
  /** Opens, changes or closes the dialog. Call it after each change of the state or of the settings. */
  readonly update: () => void;
  readonly remove: () => void;
}

/**
 * Asks the user before an account is removed, and says what that does.
 * @param settings called for each change while the dialog is open
 */
export function createRemovalDialog(integrations: Integrations, settings: () => DialogSettings): RemovalDialog {
  let frame: DialogFrame | undefined;
  const remove = () => {
    frame?.remove();
    frame = undefined;
  };
  const update = () => {
    const { dialog } = integrations.getState();
    if (dialog?.kind !== 'remove') {
      remove();
      return;
    }
    const current = settings();
    const { labels } = current;
    const { failure, isRemoving } = dialog;
    const message = failure === null ? null : describeFailure(failure, 'start', labels);
    const body = html`<div class="stackone-connect-text">${labels.disconnectText}</div>
      ${
        failure === null
          ? nothing
          : html`<div class="stackone-connect-notice" role="alert">
              ${failure.kind === 'refused' ? nothing : `${message?.title}.`} ${message?.text}
            </div>`
      }`;
    const footer = html`<button
        form=""
        class="stackone-connect-action stackone-connect-secondary"
        @click=${integrations.close}
      >
        ${labels.cancel}
      </button>
      <button
        form=""
        class="stackone-connect-action stackone-connect-danger"
        aria-disabled=${isRemoving}
        @click=${integrations.remove}
      >
        ${isRemoving ? labels.disconnecting : labels.disconnect}
      </button>`;
    const content = { body, footer, isQuestion: true };
    if (frame === undefined) {
      frame = openFrame(current, content, integrations.close);
    } else {
      frame.render(current, content);
    }
  };
  return { update, remove };
}
