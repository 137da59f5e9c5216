import { html, nothing, type TemplateResult } from '../dialog/lit.js';
import type { Category } from '../generated/operations.js';
import type { Provider } from '../integrations/state.js';
import { describeUnavailable } from '../labels/describe-unavailable.js';
import { formatPlural } from '../labels/format.js';
import { accountState } from './account-view.js';
import {
  button,
  card,
  gridIcon,
  heading,
  logo,
  message,
  muted,
  plusIcon,
  providerLogo,
  searchIcon,
  symbol,
  type View,
} from './parts.js';
import { accountsOf } from './words.js';

/** The providers, with search and categories. */
export function catalog(view: View): TemplateResult {
  const { state, labels, integrations } = view;
  const { matches } = state;
  if (state.providers.length === 0) {
    const request = requestCard(view);
    return html`<section aria-labelledby=${view.id('catalog')}>
      ${heading(view.id('catalog'), labels.catalog, nothing)} ${message(symbol(gridIcon), labels.noProviders)}
      ${request === nothing ? nothing : html`<ul class="stackone-connect-catalog">${request}</ul>`}
    </section>`;
  }
  return html`<section aria-labelledby=${view.id('catalog')}>
    ${heading(
      view.id('catalog'),
      labels.catalog,
      html`<span class="stackone-connect-count" role="status">
        ${formatPlural(labels, labels.integrations, matches.length)}
      </span>`,
    )}
    <div class="stackone-connect-filters">
      <label class="stackone-connect-search">
        ${searchIcon}
        <input
          type="search"
          form=""
          class="stackone-connect-field"
          aria-label=${labels.search}
          placeholder=${labels.searchHint}
          autocomplete="off"
          .value=${state.search}
          @input=${({ target }: Event) => target instanceof HTMLInputElement && integrations.search(target.value)}
        />
      </label>
      ${state.categories.length > 1 ? categoryFilter(view) : nothing}
    </div>
    <ul class="stackone-connect-catalog">
      ${matches.map((provider) => providerCard(view, provider))}
      ${matches.length === 0 ? noMatches(view) : browseCard(view)} ${requestCard(view)}
    </ul>
  </section>`;
}

function categoryFilter(view: View): TemplateResult {
  const { state, labels, integrations } = view;
  const choice = (category: Category | null, name: string) => html`<label class="stackone-connect-category">
    <input
      type="radio"
      form=""
      name=${view.id('category')}
      .checked=${state.category === category}
      @change=${() => integrations.filter(category)}
    />
    <span>${name}</span>
  </label>`;
  return html`<fieldset class="stackone-connect-categories" aria-label=${labels.category}>
    ${choice(null, labels.allCategories)}
    ${state.categories.map((category) => choice(category, labels.categories[category]))}
  </fieldset>`;
}

function providerCard(view: View, provider: Provider): TemplateResult {
  const { state, labels, integrations } = view;
  const { key, name, categories } = provider;
  const linked = accountsOf(state, key);
  const active = linked.filter(({ status }) => status === 'ACTIVE');
  // A problem, else how many accounts work, else why none does.
  const shown = linked.find(({ needsRelink }) => needsRelink) ?? active[0] ?? linked[0];
  const isFirst = shown === undefined;
  const summary = isFirst
    ? muted(categories.map((category) => labels.categories[category]).join(', '))
    : accountState(
        shown,
        shown === active[0] ? formatPlural(labels, labels.connected, active.length) : labels.status[shown.status],
      );
  const reason = state.viewer === null ? null : describeUnavailable(state.viewer, provider, labels);
  // One note above the lists is the reason for all without the permission, and at the limit.
  const isOwnReason = reason !== null && state.viewer?.canManage === true && provider.availability === 'NOT_ALLOWED';
  const reasonId = view.id(isOwnReason ? `reason-${key}` : 'restriction');
  return card(
    providerLogo(provider),
    name,
    html`${summary} ${isOwnReason ? muted(reason, reasonId) : nothing}`,
    button(isFirst ? labels.connect : labels.another, () => integrations.connect(provider), {
      name: isFirst ? labels.connectTitle(name) : `${labels.another}: ${name}`,
      disabledBy: reason === null ? undefined : reasonId,
    }),
  );
}

/** Opens the Hub with all providers, so it is offered only if the user may connect each of them. */
function browseCard({ state, labels, integrations }: View): TemplateResult | typeof nothing {
  const isAllowed = state.viewer?.canManage === true;
  const shown = state.category === null ? labels.catalog : labels.categories[state.category];
  const action = button(labels.browse, integrations.browse, { name: `${labels.browse}: ${shown}` });
  return isAllowed && state.providers.every(({ availability }) => availability === 'AVAILABLE')
    ? card(logo(gridIcon), labels.browseTitle, muted(labels.browseText), action, true)
    : nothing;
}

function requestCard({ state, labels, requestIntegration }: View): TemplateResult | typeof nothing {
  if (requestIntegration === null) {
    return nothing;
  }
  const action = button(labels.request, () => requestIntegration(state.search.trim()), { opensDialog: false });
  return card(logo(plusIcon), labels.requestTitle, muted(labels.requestText), action, true);
}

function noMatches({ labels, integrations }: View): TemplateResult {
  const showAll = () => {
    integrations.search('');
    integrations.filter(null);
  };
  const action = button(labels.showAll, showAll, { opensDialog: false });
  return html`<li class="stackone-connect-empty">
    ${message(nothing, labels.noResults, labels.noResultsText, action)}
  </li>`;
}
