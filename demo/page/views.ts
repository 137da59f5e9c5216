import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Category } from '../../client/src/index.js';
import { accountRow } from './account-view.js';
import type { Actions } from './actions.js';
import { connectDialog, removalDialog } from './dialog-views.js';
import { checkIcon, closeIcon, gridIcon, logo, plugIcon, providerLogo, searchIcon, warningIcon } from './icons.js';
import { categoryName, categoryTools, count, product } from './labels.js';
import {
  type Account,
  accountsToShow,
  categoriesOf,
  type Integrations,
  type Problem,
  type Provider,
  providersToShow,
  type State,
  tenants,
} from './state.js';

export function pageView(state: State, actions: Actions): TemplateResult {
  return html`
    ${demoBar(state, actions)} ${header(state)}
    <main class="page">
      <div class="intro">
        <h1>Integrations</h1>
        <p>Connect the tools your team uses. ${product} keeps your people data in sync.</p>
      </div>
      ${content(state, actions)}
    </main>
    <footer class="page-footer">
      ${product} is a fictional product. StackOne’s Hub and the GraphQL server are real.
    </footer>
    ${toast(state, actions)} ${connectDialog(state, actions)} ${removalDialog(state, actions)}
  `;
}

/** Links instead of buttons: a new page load for each customer keeps no data of the other customer. */
function demoBar({ tenant }: State, actions: Actions): TemplateResult {
  return html`<aside class="demo-bar" aria-label="About this demo">
    <p><strong>Demo</strong> An emulator replaces StackOne. <span>No data leaves this computer.</span></p>
    <nav aria-label="Customer">
      ${Object.entries(tenants).map(
        ([key, name]) => html`<a href="?tenant=${key}" aria-current=${key === tenant ? 'page' : nothing}>${name}</a>`,
      )}
    </nav>
    <button type="button" title="As if a password had changed: one account stops working" @click=${actions.breakAccount}>
      Break an account
    </button>
    <a class="playground" href="graphql">GraphQL playground</a>
  </aside>`;
}

function header({ loadState, tenant }: State): TemplateResult {
  const user = loadState.kind === 'ready' ? loadState.integrations.user : null;
  const name = user?.ownerName ?? tenants[tenant];
  return html`<header class="page-header">
    <span class="brand">${logo} ${product}</span>
    <div class="user">
      <span class="user-name"><b>${name}</b>${user?.username ? html`<small>${user.username}</small>` : nothing}</span>
      <span class="avatar" aria-hidden="true">${name.slice(0, 1)}</span>
    </div>
  </header>`;
}

function content(state: State, actions: Actions): TemplateResult {
  const { loadState } = state;
  switch (loadState.kind) {
    case 'loading':
      return skeleton;
    case 'failed':
      return html`<div class="panel message" role="alert">
        <span class="message-icon warning">${warningIcon}</span>
        ${problemText(loadState.problem)}
        <button class="button primary" @click=${actions.reload}>Try again</button>
      </div>`;
    case 'ready':
      return html`${loadState.stale === null ? nothing : staleNotice(loadState.stale, actions)}
      ${connections(state, loadState.integrations, actions)} ${catalog(state, loadState.integrations, actions)}`;
  }
}

export function problemText({ title, text }: Problem): TemplateResult {
  return html`<h2>${title}</h2>
    <p>${text}</p>`;
}

/** Has the height of the loaded page, to avoid layout shifts. */
const skeleton = html`<div class="skeleton" role="status" aria-label="Loading your integrations">
  <i class="line"></i>
  <div class="panel"><i class="bar"></i><i class="bar"></i></div>
  <i class="line"></i><i class="line filters"></i>
  <div class="provider-grid">${Array.from({ length: 12 }, () => html`<i class="tile"></i>`)}</div>
</div>`;

function staleNotice({ title, text }: Problem, actions: Actions): TemplateResult {
  return html`<div class="notice" role="alert">
    ${warningIcon}
    <p><b>${title}.</b> ${text} This list may be out of date.</p>
    <button class="button" @click=${actions.reload}>Try again</button>
  </div>`;
}

function connections(state: State, integrations: Integrations, actions: Actions): TemplateResult {
  const accounts = accountsToShow(integrations);
  const broken = accounts.filter(({ needsRelink }) => needsRelink).length;
  return html`<section aria-labelledby="connections">
    <div class="section-header">
      <h2 id="connections" tabindex="-1">Your connections</h2>
      ${broken > 0 ? html`<span class="badge">${count(broken, 'needs', 'need')} attention</span>` : nothing}
    </div>
    ${
      accounts.length === 0
        ? html`<div class="panel message">
            <span class="message-icon">${plugIcon}</span>
            <h3>No connections yet</h3>
            <p>Choose a tool below. Connecting it takes about a minute. You can disconnect it at any time.</p>
          </div>`
        : html`<ul class="panel accounts">
            ${repeat(
              accounts,
              ({ id }) => id,
              (account) => accountRow(account, integrations, state, actions),
            )}
          </ul>`
    }
  </section>`;
}

function catalog(state: State, integrations: Integrations, actions: Actions): TemplateResult {
  const providers = providersToShow(integrations, state);
  return html`<section aria-labelledby="catalog">
    <div class="section-header">
      <h2 id="catalog">All integrations</h2>
      <span class="muted" role="status">${count(providers.length, 'integration', 'integrations')}</span>
    </div>
    <div class="filters">
      <label class="search">
        <span class="visually-hidden">Search integrations</span>
        ${searchIcon}
        <input
          type="search"
          placeholder="Search"
          autocomplete="off"
          .value=${state.search}
          @input=${({ target }: Event) => {
            if (target instanceof HTMLInputElement) {
              actions.search(target.value);
            }
          }}
        />
      </label>
      ${categoryFilter(state, integrations, actions)}
    </div>
    <ul class="provider-grid">
      ${repeat(
        providers,
        ({ key }) => key,
        (provider) => providerCard(provider, integrations, actions),
      )}
      ${providers.length === 0 ? noResults(actions) : browseCard(state, actions)}
    </ul>
  </section>`;
}

function categoryFilter(state: State, integrations: Integrations, actions: Actions): TemplateResult {
  const choice = (category: Category | null, name: string) => html`<label class="category-option">
    <input
      type="radio"
      name="category"
      .checked=${state.category === category}
      @change=${() => actions.selectCategory(category)}
    />
    <span>${name}</span>
  </label>`;
  return html`<fieldset class="category-filter">
    <legend class="visually-hidden">Category</legend>
    ${choice(null, 'All')}
    ${categoriesOf(integrations).map((category) => choice(category, categoryName(category)))}
  </fieldset>`;
}

function providerCard(provider: Provider, { accounts }: Integrations, actions: Actions): TemplateResult {
  const linkedAccounts = accounts.filter(({ providerKey }) => providerKey === provider.key);
  const another = linkedAccounts.length > 0;
  const label = another ? 'Connect another' : 'Connect';
  return html`<li class="card">
    ${providerLogo(provider)}
    <div class="card-text">
      <h3>${provider.name}</h3>
      <p>${another ? linkedSummary(linkedAccounts) : provider.categories.map(categoryName).join(', ')}</p>
    </div>
    <button
      class="button"
      aria-label="${label} ${provider.name}"
      @click=${() => actions.connect({ kind: 'provider', provider, accounts: linkedAccounts })}
    >
      ${label}
    </button>
  </li>`;
}

function linkedSummary(accounts: readonly Account[]): TemplateResult {
  return accounts.some(({ needsRelink }) => needsRelink)
    ? html`<span class="warning">${warningIcon} Not working</span>`
    : html`<span class="success">${checkIcon} ${accounts.length} connected</span>`;
}

function browseCard({ category }: State, actions: Actions): TemplateResult {
  return html`<li class="card browse">
    <span class="provider-logo placeholder" aria-hidden="true">${gridIcon}</span>
    <div class="card-text">
      <h3>Not sure yet?</h3>
      <p>See ${categoryTools(category)}</p>
    </div>
    <button
      class="button"
      aria-label="Browse ${categoryTools(category)}"
      @click=${() => actions.connect({ kind: 'browse', category })}
    >
      Browse
    </button>
  </li>`;
}

function noResults(actions: Actions): TemplateResult {
  return html`<li class="panel message no-results">
    <h3>No matching integrations</h3>
    <p>Try another search term or another category.</p>
    <button class="button" @click=${actions.clearFilters}>Show all integrations</button>
  </li>`;
}

/** The live region is always in the page: screen readers announce changes in a region, not a new region. */
function toast({ toast }: State, actions: Actions): TemplateResult {
  return html`<div class="toast-region" role="status">
    ${
      toast === null
        ? nothing
        : html`<div class="toast ${toast.tone}">
            ${toast.tone === 'warning' ? warningIcon : checkIcon}
            <p>${toast.text}</p>
            <button class="icon-button" aria-label="Dismiss" @click=${actions.closeToast}>${closeIcon}</button>
          </div>`
    }
  </div>`;
}
