import { html, nothing, type TemplateResult } from '../dialog/lit.js';
import type { Category } from '../generated/operations.js';
import type { Provider } from '../integrations/state.js';
import { describeUnavailable } from '../labels/describe-unavailable.js';
import { formatPlural } from '../labels/format.js';
import { gridIcon, iconOf, plusIcon, providerLogo, searchIcon } from './icons.js';
import { repeat } from './lit-element.js';
import type { View } from './view.js';

/** The providers, with search and categories. */
export function catalog(view: View): TemplateResult {
  const { state, labels, integrations } = view;
  const { matches } = state;
  return html`<section aria-labelledby=${view.id('catalog')}>
    <div class="stackone-connect-section">
      <h2 class="stackone-connect-subtitle" id=${view.id('catalog')}>${labels.catalog}</h2>
      <span class="stackone-connect-count" role="status">
        ${formatPlural(labels, labels.integrations, matches.length)}
      </span>
    </div>
    <div class="stackone-connect-filters">
      <label class="stackone-connect-search">
        ${searchIcon}
        <input
          type="search"
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
      ${repeat(
        matches,
        ({ key }) => key,
        (provider) => providerCard(view, provider),
      )}
      ${matches.length === 0 ? noMatches(view) : browseCard(view)} ${requestCard(view)}
    </ul>
  </section>`;
}

function categoryFilter(view: View): TemplateResult {
  const { state, labels, integrations } = view;
  const choice = (category: Category | null, name: string) => html`<label class="stackone-connect-category">
    <input
      type="radio"
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
  const linked = state.accounts.filter(({ providerKey }) => providerKey === provider.key);
  const isLinked = linked.length > 0;
  const reason = state.viewer === null ? null : describeUnavailable(state.viewer, provider, labels);
  const tone = linked.some(({ needsRelink }) => needsRelink) ? 'warning' : 'success';
  const summary = isLinked
    ? html`<span class="stackone-connect-state stackone-connect-${tone}">
        ${iconOf(tone)}
        ${tone === 'warning' ? labels.status.ERROR : formatPlural(labels, labels.connected, linked.length)}
      </span>`
    : html`<span class="stackone-connect-muted">
        ${provider.categories.map((category) => labels.categories[category]).join(', ')}
      </span>`;
  const reasonId = view.id(`reason-${provider.key}`);
  return html`<li class="stackone-connect-card">
    ${providerLogo(provider)}
    <div class="stackone-connect-details">
      <h3 class="stackone-connect-name">${provider.name}</h3>
      ${summary}
      ${
        reason === null || state.viewer?.canManage === false
          ? nothing
          : html`<span class="stackone-connect-muted" id=${reasonId}>${reason}</span>`
      }
    </div>
    <button
      type="button"
      class="stackone-connect-button"
      aria-label=${isLinked ? `${labels.another}: ${provider.name}` : labels.connectTitle(provider.name)}
      aria-describedby=${reason === null ? nothing : state.viewer?.canManage === false ? view.id('no-permission') : reasonId}
      aria-haspopup="dialog"
      ?disabled=${reason !== null}
      @click=${() => integrations.connect(provider)}
    >
      ${isLinked ? labels.another : labels.connect}
    </button>
  </li>`;
}

/** Opens the Hub with all providers, so it is offered only if the user may connect each of them. */
function browseCard({ state, labels, integrations }: View): TemplateResult | typeof nothing {
  const isAllowed = state.viewer?.canManage === true;
  return isAllowed && state.providers.every(({ availability }) => availability === 'AVAILABLE')
    ? html`<li class="stackone-connect-card stackone-connect-extra">
        <span class="stackone-connect-logo">${gridIcon}</span>
        <div class="stackone-connect-details">
          <h3 class="stackone-connect-name">${labels.browseTitle}</h3>
          <span class="stackone-connect-muted">${labels.browseText}</span>
        </div>
        <button
          type="button"
          class="stackone-connect-button"
          aria-label="${labels.browse}: ${state.category === null ? labels.catalog : labels.categories[state.category]}"
          aria-haspopup="dialog"
          @click=${integrations.browse}
        >
          ${labels.browse}
        </button>
      </li>`
    : nothing;
}

function requestCard({ state, labels, requestIntegration }: View): TemplateResult | typeof nothing {
  return requestIntegration === null
    ? nothing
    : html`<li class="stackone-connect-card stackone-connect-extra">
        <span class="stackone-connect-logo">${plusIcon}</span>
        <div class="stackone-connect-details">
          <h3 class="stackone-connect-name">${labels.requestTitle}</h3>
          <span class="stackone-connect-muted">${labels.requestText}</span>
        </div>
        <button type="button" class="stackone-connect-button" @click=${() => requestIntegration(state.search.trim())}>
          ${labels.request}
        </button>
      </li>`;
}

function noMatches({ labels, integrations }: View): TemplateResult {
  const showAll = () => {
    integrations.search('');
    integrations.filter(null);
  };
  return html`<li class="stackone-connect-panel stackone-connect-message">
    <h3 class="stackone-connect-name">${labels.noResults}</h3>
    <p>${labels.noResultsText}</p>
    <button type="button" class="stackone-connect-button" @click=${showAll}>${labels.showAll}</button>
  </li>`;
}
