import { keepEventsInside } from '../hub/own-events.js';
import { directionOf } from '../labels/format.js';
import { type DialogSettings, partClassName } from './dialog-parts.js';
import { addStyle, canAdoptStyle, dialogStyle } from './dialog-style.js';
import { html, nothing, render, type TemplateResult } from './lit.js';
import { dialogParent, openModal } from './modal.js';
import { copyTokens } from './tokens.js';

/** The parts of a dialog below its title. */
interface DialogContent {
  readonly body: TemplateResult | typeof nothing;
  readonly footer: TemplateResult | typeof nothing;
  /** A small dialog with a question instead of a Hub. */
  readonly isQuestion?: boolean;
}

export interface DialogFrame {
  readonly dialog: HTMLDialogElement;
  readonly render: (settings: DialogSettings, content: DialogContent) => void;
  /** Closes the dialog, so that the browser restores the focus, and removes it. */
  readonly remove: () => void;
}

let ids = 0;

/** Opens a modal dialog next to nothing that can observe it: see `dialogParent` and `keepEventsInside`. */
export function openFrame(settings: DialogSettings, content: DialogContent, close: () => void): DialogFrame {
  const container = document.createElement('div');
  container.style.display = 'contents';
  keepEventsInside(container);
  ignoreDoubleClick(container);
  ids += 1;
  const id = `stackone-connect-${ids}`;
  const update: DialogFrame['render'] = (current, parts) => render(frame(id, current, parts, close), container);
  update(settings, content);
  dialogParent(settings.opener).append(container);
  const dialog = container.querySelector('dialog');
  const title = container.querySelector<HTMLElement>('[role=heading]');
  if (dialog === null || title === null) {
    throw new Error('The dialog was not rendered');
  }
  copyTokens(settings, dialog);
  const closeModal = openModal({ dialog, title, opener: settings.opener }, close);
  addStyle(dialog.getRootNode(), dialogStyle);
  return {
    dialog,
    render: (current, parts) => {
      update(current, parts);
      copyTokens(current, dialog);
      // A new state can remove the focused button. The user corrects a refused field next.
      const { activeElement } = document;
      if (activeElement === dialog || activeElement === title || !dialog.contains(activeElement)) {
        (dialog.querySelector<HTMLElement>('[aria-invalid=true]') ?? title).focus();
      }
    },
    remove: () => {
      // First, because the browser restores the focus only on `close`.
      closeModal();
      container.remove();
    },
  };
}

/** The second click of a double click on the button that opened the dialog is no answer to the question in it. */
function ignoreDoubleClick(container: HTMLElement): void {
  const ignore = (event: MouseEvent) => {
    if (event.detail > 1) {
      event.preventDefault();
      event.stopPropagation();
    } else {
      container.removeEventListener('click', ignore, true);
    }
  };
  container.addEventListener('click', ignore, true);
}

/**
 * Neither <h2> nor <p>: rules of the page for them must not apply. Buttons have `form=""`, which belongs to no form of the
 * page, instead of a type: pages with Tailwind have rules for `[type=button]`, which change their colors in part.
 */
function frame(
  id: string,
  settings: DialogSettings,
  { body, footer, isQuestion = false }: DialogContent,
  close: () => void,
): TemplateResult {
  const className = partClassName(settings);
  const { labels } = settings;
  return html`<dialog
    class="${className('dialog')} ${isQuestion ? 'stackone-connect-question' : ''}"
    role=${isQuestion ? 'alertdialog' : nothing}
    lang=${labels.language}
    dir=${directionOf(labels)}
    aria-labelledby=${id}
    aria-describedby=${isQuestion ? `${id}-text` : nothing}
    aria-modal="true"
    @close=${({ currentTarget }: Event) => {
      // `openModal` can close and reopen the dialog, and the event is dispatched after that.
      if (currentTarget instanceof HTMLDialogElement && !currentTarget.open) {
        close();
      }
    }}
  >
    ${canAdoptStyle() ? nothing : html`<style nonce=${settings.nonce ?? nothing}>${dialogStyle}</style>`}
    <div class=${className('header')}>
      <div id=${id} role="heading" aria-level="2" class=${className('title')} tabindex="-1">${settings.title}</div>
      <button form="" class=${className('close')} aria-label=${labels.close} @click=${close}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" />
        </svg>
      </button>
    </div>
    <div class=${className('body')} id="${id}-text">${body}</div>
    <div class=${className('status')}>${footer}</div>
  </dialog>`;
}
