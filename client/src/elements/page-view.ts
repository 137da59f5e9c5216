import { html, nothing, type TemplateResult } from '../dialog/lit.js';
import { describeFailure } from '../labels/describe-failure.js';
import { directionOf } from '../labels/format.js';
import { connections } from './account-view.js';
import { catalog } from './catalog-view.js';
import { button, closeIcon, iconOf, message, symbol, type View, warningIcon } from './parts.js';
import { isWarning, noticeText } from './words.js';

/** The notice is outside of the container of the style sheet: browsers of 2024 would not fix it to the window there. */
export function pageView(view: View): TemplateResult {
  const { labels } = view;
  return html`<div tabindex="-1" lang=${labels.language} dir=${directionOf(labels)}>${content(view)}</div>
    ${notice(view)}`;
}

function content(view: View): TemplateResult {
  const { state, labels, integrations } = view;
  switch (state.phase) {
    case 'loading':
      return skeleton(labels.loading);
    case 'failed': {
      const failure = state.failure ?? { kind: 'unreachable' };
      const { title, text } = describeFailure(failure, 'start', labels);
      const action = button(labels.startAgain, integrations.refresh, { kind: 'primary', opensDialog: false });
      return html`<div role="alert">${message(symbol(warningIcon, 'warning'), title, text, action)}</div>`;
    }
    case 'ready':
      return html`${stale(view)} ${restriction(view)} ${connections(view)} ${catalog(view)}`;
  }
}

/** Has about the height of the loaded page, to avoid layout shifts. */
function skeleton(label: string): TemplateResult {
  return html`<div class="stackone-connect-skeleton" role="status" aria-label=${label}>
    <i class="stackone-connect-line"></i>
    <div class="stackone-connect-panel"><i></i><i></i></div>
    <i class="stackone-connect-line"></i>
    <div class="stackone-connect-catalog">${Array.from({ length: 9 }, () => html`<i></i>`)}</div>
  </div>`;
}

function stale({ state, labels, integrations }: View): TemplateResult | typeof nothing {
  if (state.failure === null) {
    return nothing;
  }
  const { title, text } = describeFailure(state.failure, 'start', labels);
  return html`<div class="stackone-connect-note" role="alert">
    ${warningIcon}
    <p><b>${title}.</b> ${text} ${labels.stale}</p>
    ${button(labels.startAgain, integrations.refresh, { opensDialog: false })}
  </div>`;
}

/** A reason that is the same for all providers is shown once. The disabled buttons refer to it. */
function restriction({ state, labels, id }: View): TemplateResult | typeof nothing {
  const { NO_PERMISSION, LIMIT_REACHED } = labels.unavailable;
  const isAtLimit = state.providers.some(({ availability }) => availability === 'LIMIT_REACHED');
  const canManage = state.viewer?.canManage === true;
  return canManage && !isAtLimit
    ? nothing
    : html`<div class="stackone-connect-note">
        ${warningIcon}
        <p id=${id('restriction')}>${canManage ? LIMIT_REACHED : NO_PERMISSION}</p>
      </div>`;
}

/** The live region is always in the page: screen readers announce changes in a region, not a new region. */
function notice({ state, labels, integrations }: View): TemplateResult {
  const current = state.notice;
  return html`<div class="stackone-connect-notices" role="status" lang=${labels.language} dir=${directionOf(labels)}>
    ${
      current === null
        ? nothing
        : html`<div class="stackone-connect-toast ${isWarning(current) ? 'stackone-connect-warning' : ''}">
            ${iconOf(isWarning(current) ? 'warning' : 'success')}
            <p>${noticeText(state, current, labels)}</p>
            ${button(closeIcon, integrations.dismiss, { kind: 'subtle', name: labels.dismiss, opensDialog: false })}
          </div>`
    }
  </div>`;
}
