/**
 * Style sheet of `<connect-integrations>`. The tokens at the top are the design; docs/client.md lists them. `all: revert`
 * takes away what rules of the page for elements set. `:where()` keeps the specificity of each rule at two elements, so
 * that every class of the page overrides them. The search field has that of an attribute, because pages with Tailwind
 * have rules for `[type=search]`. Each browser that has nested rules can adopt a style sheet. A container
 * has no width of its own, so it gets one for layouts that depend on it, such as a centered column. In long lists, the
 * browser skips what is outside of the window: with 2,500 accounts, a dialog takes half a second to open otherwise.
 */
export const elementStyle = `
:where(connect-integrations) {
  --stackone-connect-accent: light-dark(#1f5fd6, #8ab4ff);
  --stackone-connect-on-accent: light-dark(#fff, #07173a);
  --stackone-connect-background: light-dark(#f4f5f7, #23262b);
  --stackone-connect-surface: light-dark(#fff, #181a1e);
  --stackone-connect-text: light-dark(#1a1d21, #eceef1);
  --stackone-connect-muted: light-dark(#5b626c, #a6adb8);
  --stackone-connect-border: light-dark(#dfe2e7, #343941);
  --stackone-connect-success: light-dark(#146c43, #74d3a2);
  --stackone-connect-warning: light-dark(#94480a, #f0b469);
  --stackone-connect-danger: light-dark(#b3261e, #ff9d94);
  --stackone-connect-on-danger: light-dark(#fff, #370b08);
  --stackone-connect-radius: 0.75rem;
  --stackone-connect-font: inherit;
  --stackone-connect-density: 1;
}
connect-integrations {
  --gap: calc(var(--stackone-connect-density) * 1rem);
  --small: calc(var(--stackone-connect-radius) * 0.7);
  display: block;
  min-width: 0;
  color: var(--stackone-connect-text);
  font-family: var(--stackone-connect-font);
  font-size: 0.9375rem;
  line-height: 1.5;
  text-align: start;
  &[hidden] { display: none; }
  & > [tabindex] { container-type: inline-size; contain-intrinsic-inline-size: min(60rem, 75vw); }
  & :where(:not(svg *)) { all: revert; box-sizing: border-box; }
  & :is(section, h2, h3, p, ul, li, fieldset) { margin: 0; padding: 0; list-style: none; }
  & p { font-size: 0.875rem; line-height: 1.5; overflow-wrap: anywhere; }
  & section + section, & .stackone-connect-note + section { margin-top: calc(var(--gap) * 2); }
  & :where(button, input, [tabindex]):focus-visible {
    outline: 2px solid var(--stackone-connect-accent);
    outline-offset: 2px;
  }
  & :is(h2, [lang]):focus-visible { outline: none; }
  & h2:where(.stackone-connect-subtitle) {
    font-size: 1.125rem;
    font-weight: 620;
    line-height: 1.3;
  }
  & :where(.stackone-connect-name) {
    font-size: 0.9375rem;
    font-weight: 600;
    line-height: 1.4;
    overflow-wrap: anywhere;
  }
  & svg:where(.stackone-connect-icon) {
    flex: none;
    width: 1.125rem;
    height: 1.125rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  & div:where(.stackone-connect-section) {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 0.625rem;
    min-height: 1.75rem;
    margin-bottom: calc(var(--gap) * 0.75);
  }
  & span:where(.stackone-connect-count) {
    margin-inline-start: auto;
    color: var(--stackone-connect-muted);
    font-size: 0.875rem;
  }
  & span:where(.stackone-connect-muted), & p:where(.stackone-connect-muted) {
    color: var(--stackone-connect-muted);
    display: block;
    font-size: 0.8125rem;
    line-height: 1.45;
  }
  & span:where(.stackone-connect-badge), & div:where(.stackone-connect-note) {
    border: 1px solid color-mix(in srgb, var(--stackone-connect-warning) 35%, transparent);
    background: color-mix(in srgb, var(--stackone-connect-warning) 8%, var(--stackone-connect-surface));
  }
  & span:where(.stackone-connect-badge) {
    padding: 0.0625rem 0.625rem;
    border-radius: 99px;
    color: var(--stackone-connect-warning);
    font-size: 0.8125rem;
    font-weight: 550;
  }
  & :where(.stackone-connect-panel, .stackone-connect-card, .stackone-connect-toast) {
    border: 1px solid var(--stackone-connect-border);
    border-radius: var(--stackone-connect-radius);
    background: var(--stackone-connect-surface);
    box-shadow: 0 1px 2px light-dark(#10182810, transparent);
  }
  & :where(.stackone-connect-message) {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 0.375rem;
    padding: calc(var(--gap) * 2.25) calc(var(--gap) * 1.5);
    text-align: center;
    & p { max-width: 46ch; color: var(--stackone-connect-muted); }
    & .stackone-connect-button { margin-top: 0.75rem; }
  }
  & span:where(.stackone-connect-symbol) {
    display: grid;
    place-items: center;
    width: 3rem;
    height: 3rem;
    margin-bottom: 0.375rem;
    border-radius: 50%;
    background: var(--stackone-connect-background);
    color: var(--stackone-connect-muted);
    & svg { width: 1.5rem; height: 1.5rem; }
    &.stackone-connect-warning {
      background: color-mix(in srgb, var(--stackone-connect-warning) 12%, var(--stackone-connect-surface));
      color: var(--stackone-connect-warning);
    }
  }
  & div:where(.stackone-connect-note) {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem;
    margin-bottom: calc(var(--gap) * 1.5);
    padding: 0.75rem var(--gap);
    border-radius: var(--stackone-connect-radius);
    & svg { color: var(--stackone-connect-warning); }
    & p { flex: 1 1 14rem; }
  }
  & button:where(.stackone-connect-button) {
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    min-height: calc(2.25rem * (0.5 + var(--stackone-connect-density) / 2));
    padding: 0.25rem 0.875rem;
    border: 1px solid color-mix(in srgb, var(--stackone-connect-text) 22%, var(--stackone-connect-surface));
    border-radius: var(--small);
    background: var(--stackone-connect-surface);
    color: var(--stackone-connect-text);
    font: inherit;
    font-size: 0.875rem;
    font-weight: 550;
    cursor: pointer;
    &:hover { background: var(--stackone-connect-background); }
    &:disabled {
      border-color: var(--stackone-connect-border);
      background: none;
      color: var(--stackone-connect-muted);
      opacity: 0.75;
      cursor: not-allowed;
    }
    &.stackone-connect-primary {
      border-color: var(--stackone-connect-accent);
      background: var(--stackone-connect-accent);
      color: var(--stackone-connect-on-accent);
      &:hover { filter: brightness(0.94); }
    }
    &.stackone-connect-subtle {
      border-color: transparent;
      background: none;
      color: var(--stackone-connect-muted);
      &:hover { background: var(--stackone-connect-background); color: var(--stackone-connect-text); }
    }
  }
  & :where(.stackone-connect-logo) {
    display: grid;
    flex: none;
    place-items: center;
    width: 2.5rem;
    height: 2.5rem;
    border-radius: calc(var(--stackone-connect-radius) * 0.8);
    background: var(--stackone-connect-background);
    color: var(--stackone-connect-muted);
    object-fit: contain;
  }
  & img:where(.stackone-connect-logo) { background: none; }
  & div:where(.stackone-connect-details) {
    flex: 1;
    min-width: 0;
  }
  & li:where(.stackone-connect-account) {
    display: flex;
    gap: var(--gap);
    padding: var(--gap) calc(var(--gap) * 1.25);
    border-radius: var(--stackone-connect-radius);
    & + & { border-top: 1px solid var(--stackone-connect-border); border-radius: 0 0 var(--stackone-connect-radius) var(--stackone-connect-radius); }
  }
  & bdi:where(.stackone-connect-label) {
    margin-inline-start: 0.25rem;
    padding: 0.0625rem 0.5rem;
    border-radius: 0.375rem;
    background: var(--stackone-connect-background);
    color: var(--stackone-connect-muted);
    font-size: 0.8125rem;
    font-weight: 500;
  }
  & :where(.stackone-connect-state) {
    display: flex;
    align-items: flex-start;
    gap: 0.3125rem;
    color: var(--stackone-connect-muted);
    font-size: 0.875rem;
    font-weight: 550;
    & svg { width: 1rem; height: 1rem; margin-top: 0.17rem; }
    &.stackone-connect-success { color: var(--stackone-connect-success); }
    &.stackone-connect-warning { color: var(--stackone-connect-warning); }
  }
  & div:where(.stackone-connect-actions) {
    display: flex;
    flex-wrap: wrap;
    align-self: center;
    justify-content: flex-end;
    gap: 0.5rem;
  }
  & div:where(.stackone-connect-filters) {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem 1rem;
    margin-bottom: var(--gap);
  }
  & label:where(.stackone-connect-search) {
    position: relative;
    flex: 1 1 14rem;
    max-width: 18rem;
    & svg { position: absolute; inset-block: 0; inset-inline-start: 0.75rem; margin-block: auto; color: var(--stackone-connect-muted); pointer-events: none; }
  }
  :where(&) [type=search] {
    width: 100%;
    min-height: 2.375rem;
    padding-block: 0;
    padding-inline: 2.375rem 0.75rem;
    border: 1px solid color-mix(in srgb, var(--stackone-connect-text) 50%, var(--stackone-connect-surface));
    border-radius: var(--small);
    background: var(--stackone-connect-surface);
    color: var(--stackone-connect-text);
    font: inherit;
    &::placeholder { color: var(--stackone-connect-muted); opacity: 1; }
  }
  & fieldset:where(.stackone-connect-categories) {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem;
    min-width: 0;
    border: 0;
  }
  & label:where(.stackone-connect-category) {
    position: relative;
    flex: none;
    & input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
    & span { display: block; padding: 0.25rem 0.75rem; border: 1px solid transparent; border-radius: 99px; color: var(--stackone-connect-muted); font-size: 0.875rem; font-weight: 550; }
    & input:hover + span { background: var(--stackone-connect-background); color: var(--stackone-connect-text); }
    & input:focus-visible + span { outline: 2px solid var(--stackone-connect-accent); outline-offset: 2px; }
    & input:checked + span { background: var(--stackone-connect-text); color: var(--stackone-connect-surface); }
  }
  & :where(.stackone-connect-catalog) {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr));
    gap: calc(var(--gap) * 0.75);
    & > .stackone-connect-empty { grid-column: 1 / -1; }
  }
  & li:where(.stackone-connect-card) {
    display: flex;
    align-items: center;
    gap: calc(var(--gap) * 0.75);
    min-height: calc(var(--gap) * 4.75);
    padding: calc(var(--gap) * 0.75) var(--gap);
    flex-wrap: wrap;
    & .stackone-connect-details { flex-basis: 6rem; }
    & p { font-size: 0.8125rem; }
    & > button { max-width: 100%; margin-inline-start: auto; padding-inline: 0.75rem; font-size: 0.8125rem; }
    &.stackone-connect-extra { border-style: dashed; background: none; box-shadow: none; }
  }
  & div:where(.stackone-connect-notices) {
    position: fixed;
    inset: auto 1rem 1.5rem;
    z-index: 2;
    display: flex;
    justify-content: center;
    pointer-events: none;
  }
  & div:where(.stackone-connect-toast) {
    display: flex;
    align-items: center;
    gap: 0.625rem;
    padding-block: 0.375rem;
    padding-inline: 1rem 0.375rem;
    color: var(--stackone-connect-text);
    box-shadow: 0 0.75rem 2.5rem rgb(0 0 0 / 0.25);
    pointer-events: auto;
    & > svg { color: var(--stackone-connect-success); }
    &.stackone-connect-warning > svg { color: var(--stackone-connect-warning); }
  }
  & div:where(.stackone-connect-skeleton) {
    & i { display: block; height: calc(var(--gap) * 4.75); border-radius: var(--stackone-connect-radius); background: var(--stackone-connect-background); }
    & .stackone-connect-line { width: 11rem; height: 1.625rem; margin-bottom: 0.75rem; }
    & .stackone-connect-panel { display: grid; gap: var(--gap); margin-bottom: calc(var(--gap) * 2); padding: var(--gap); }
  }
  & li:where(:nth-child(n + 50)) { content-visibility: auto; contain-intrinsic-block-size: auto 6rem; }
}
@keyframes stackone-connect-pulse { to { opacity: 0.55; } }
@media (prefers-reduced-motion: no-preference) {
  connect-integrations {
    & .stackone-connect-skeleton i { animation: stackone-connect-pulse 1.4s ease-in-out infinite alternate; }
  }
}
@media (forced-colors: active) {
  connect-integrations {
    & .stackone-connect-category input:checked + span { forced-color-adjust: none; background: SelectedItem; color: SelectedItemText; }
    & .stackone-connect-skeleton i { border: 1px solid; }
    & button:disabled { border-color: GrayText; color: GrayText; opacity: 1; }
  }
}
@container (max-width: 40rem) {
  connect-integrations {
    & li:where(.stackone-connect-account) { flex-wrap: wrap; gap: 0.75rem; padding: var(--gap); }
    & li:where(.stackone-connect-account) > .stackone-connect-details { flex-basis: calc(100% - 4rem); }
    & div:where(.stackone-connect-actions) { flex-basis: 100%; justify-content: flex-start; padding-inline-start: 3.25rem; }
    & button:where(.stackone-connect-subtle:first-child) { margin-inline-start: -0.875rem; }
    & label:where(.stackone-connect-search) { flex-basis: 100%; max-width: none; }
  }
}
`;
