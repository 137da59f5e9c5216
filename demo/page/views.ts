import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Category } from '../../client/index.js';
import { accountRow } from './account-view.js';
import type { Actions } from './actions.js';
import { connectDialog, removalDialog } from './dialog-views.js';
import {
  checkIcon,
  closeIcon,
  gridIcon,
  logo,
  plugIcon,
  providerLogo,
  searchIcon,
  warningIcon,
} from './icons.js';
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
import { categoryName, count, product, toolsOf } from './words.js';

export function pageView(state: State, actions: Actions): TemplateResult {
  return html`
    ${demoBar(state)} ${header(state)}
    <main class="page">
      <div class="intro">
        <h1>Integrations</h1>
        <p>Connect the tools your team works with. ${product} keeps your people data in step with them.</p>
      </div>
      ${content(state, actions)}
    </main>
    <footer class="foot">
      ${product} is made up for this demo. The connecting is real: StackOne’s Hub, and a GraphQL server.
    </footer>
    ${toast(state, actions)} ${connectDialog(state, actions)} ${removalDialog(state, actions)}
  `;
}

/** Links, not buttons: each customer is a page load of its own, and nothing of the other one is left in it. */
function demoBar({ tenant }: State): TemplateResult {
  return html`<aside class="demo" aria-label="About this demo">
    <p><strong>Demo</strong> StackOne is played by an emulator. <span>Nothing leaves this computer.</span></p>
    <nav aria-label="Customer">
      ${Object.entries(tenants).map(
        ([key, name]) =>
          html`<a href="?tenant=${key}" aria-current=${key === tenant ? 'page' : nothing}>${name}</a>`,
      )}
    </nav>
    <a class="playground" href="/graphql">GraphQL playground</a>
  </aside>`;
}

function header({ reading, tenant }: State): TemplateResult {
  const person = reading.kind === 'ready' ? reading.integrations.person : null;
  const name = person?.ownerName ?? tenants[tenant];
  return html`<header class="top">
    <span class="brand">${logo} ${product}</span>
    <div class="person">
      <span class="who"><b>${name}</b>${person?.username ? html`<small>${person.username}</small>` : nothing}</span>
      <span class="avatar" aria-hidden="true">${name.slice(0, 1)}</span>
    </div>
  </header>`;
}

function content(state: State, actions: Actions): TemplateResult {
  const { reading } = state;
  switch (reading.kind) {
    case 'loading':
      return skeleton;
    case 'failed':
      return html`<div class="panel blank" role="alert">
        <span class="blank-icon attention">${warningIcon}</span>
        ${problemText(reading.problem)}
        <button class="button primary" @click=${actions.read}>Try again</button>
      </div>`;
    case 'ready':
      return html`${reading.stale === null ? nothing : staleNote(reading.stale, actions)}
      ${connections(state, reading.integrations, actions)} ${catalogue(state, reading.integrations, actions)}`;
  }
}

export function problemText({ title, text }: Problem): TemplateResult {
  return html`<h2>${title}</h2>
    <p>${text}</p>`;
}

/** As tall as what comes, so that nothing jumps. */
const skeleton = html`<div class="skeleton" role="status" aria-label="Loading your integrations">
  <i class="line"></i>
  <div class="panel"><i class="bar"></i><i class="bar"></i></div>
  <i class="line"></i><i class="line tools"></i>
  <div class="grid">${Array.from({ length: 12 }, () => html`<i class="tile"></i>`)}</div>
</div>`;

function staleNote({ title, text }: Problem, actions: Actions): TemplateResult {
  return html`<div class="note" role="alert">
    ${warningIcon}
    <p><b>${title}.</b> ${text} What you see may be out of date.</p>
    <button class="button" @click=${actions.read}>Try again</button>
  </div>`;
}

function connections(state: State, integrations: Integrations, actions: Actions): TemplateResult {
  const accounts = accountsToShow(integrations);
  const waiting = accounts.filter(({ needsRelink }) => needsRelink).length;
  return html`<section aria-labelledby="connections">
    <div class="section-head">
      <h2 id="connections" tabindex="-1">Your connections</h2>
      ${waiting > 0 ? html`<span class="badge">${count(waiting, 'needs', 'need')} attention</span>` : nothing}
    </div>
    ${
      accounts.length === 0
        ? html`<div class="panel blank">
            <span class="blank-icon">${plugIcon}</span>
            <h3>Nothing is connected yet</h3>
            <p>Choose a tool below. It takes about a minute, and you can disconnect it at any time.</p>
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

function catalogue(state: State, integrations: Integrations, actions: Actions): TemplateResult {
  const providers = providersToShow(integrations, state);
  return html`<section aria-labelledby="catalogue">
    <div class="section-head">
      <h2 id="catalogue">All integrations</h2>
      <span class="quiet" role="status">${count(providers.length, 'integration', 'integrations')}</span>
    </div>
    <div class="tools">
      <label class="search">
        <span class="hidden">Search integrations</span>
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
    <ul class="grid">
      ${repeat(
        providers,
        ({ key }) => key,
        (provider) => providerCard(provider, integrations, actions),
      )}
      ${providers.length === 0 ? noMatch(actions) : browseCard(state, actions)}
    </ul>
  </section>`;
}

function categoryFilter(state: State, integrations: Integrations, actions: Actions): TemplateResult {
  const choice = (category: Category | null, name: string) => html`<label class="chip">
    <input
      type="radio"
      name="category"
      .checked=${state.category === category}
      @change=${() => actions.choose(category)}
    />
    <span>${name}</span>
  </label>`;
  return html`<fieldset class="chips">
    <legend class="hidden">Category</legend>
    ${choice(null, 'All')}
    ${categoriesOf(integrations).map((category) => choice(category, categoryName(category)))}
  </fieldset>`;
}

function providerCard(provider: Provider, { accounts }: Integrations, actions: Actions): TemplateResult {
  const mine = accounts.filter(({ providerKey }) => providerKey === provider.key);
  const another = mine.length > 0;
  const words = another ? 'Connect another' : 'Connect';
  return html`<li class="card">
    ${providerLogo(provider)}
    <div class="card-text">
      <h3>${provider.name}</h3>
      <p>${another ? linked(mine) : provider.categories.map(categoryName).join(', ')}</p>
    </div>
    <button
      class="button"
      aria-label="${words} ${provider.name}"
      @click=${() => actions.connect({ kind: 'provider', provider, another })}
    >
      ${words}
    </button>
  </li>`;
}

function linked(accounts: readonly Account[]): TemplateResult {
  return accounts.some(({ needsRelink }) => needsRelink)
    ? html`<span class="attention">${warningIcon} Not working</span>`
    : html`<span class="good">${checkIcon} ${accounts.length} linked</span>`;
}

function browseCard({ category }: State, actions: Actions): TemplateResult {
  return html`<li class="card browse">
    <span class="provider-logo none" aria-hidden="true">${gridIcon}</span>
    <div class="card-text">
      <h3>Not sure yet?</h3>
      <p>See ${toolsOf(category)}</p>
    </div>
    <button
      class="button"
      aria-label="Browse ${toolsOf(category)}"
      @click=${() => actions.connect({ kind: 'browse', category })}
    >
      Browse
    </button>
  </li>`;
}

function noMatch(actions: Actions): TemplateResult {
  return html`<li class="panel blank none-found">
    <h3>No integration matches</h3>
    <p>Try another word, or look in all categories.</p>
    <button class="button" @click=${actions.clearFilters}>Show all integrations</button>
  </li>`;
}

/** The region is always there: a screen reader speaks what changes in one, not one that appears. */
function toast({ toast }: State, actions: Actions): TemplateResult {
  return html`<div class="toasts" role="status">
    ${
      toast === null
        ? nothing
        : html`<div class="toast">
            ${checkIcon}
            <p>${toast}</p>
            <button class="icon-button" aria-label="Dismiss" @click=${actions.closeToast}>${closeIcon}</button>
          </div>`
    }
  </div>`;
}
