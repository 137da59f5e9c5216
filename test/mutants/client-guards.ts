import type { Mutant } from './guards.js';

const flow = 'client/src/core/connect-flow.ts';
const watcher = 'client/src/core/account-watcher.ts';
const watch = 'client/src/core/hub-session.ts';
const client = 'client/src/core/connect-client.ts';
const failure = 'client/src/core/failure.ts';
const hub = 'client/src/hub/hub-element.ts';
const reactHook = 'client/src/react/use-connect.tsx';
const reactButton = 'client/src/react/connect-button.tsx';
const reactHub = 'client/src/react/react-hub.tsx';
const frame = 'client/src/dialog/dialog-frame.ts';
const guided = 'client/src/integrations/guided-flow.ts';
const integrations = 'client/src/integrations/create-integrations.ts';
const element = 'client/src/elements/connect-integrations.ts';
const keepFocus = 'client/src/elements/keep-focus.ts';
const tokens = 'client/src/dialog/tokens.ts';
const ownEvents = 'client/src/hub/own-events.ts';
const overlays = 'client/src/hub/hub-overlays.ts';
const modal = 'client/src/dialog/modal.ts';
const theme = 'client/src/hub/hub-theme.ts';
const page = 'client/src/core/page-visibility.ts';
const list = 'client/src/core/account-list.ts';
const accountsWatch = 'client/src/core/watch-linked-accounts.ts';
const stream = 'client/src/core/change-stream.ts';
const hubSession = 'client/src/core/hub-session.ts';
const signIn = 'client/src/hub/sign-in-window.ts';

/** Guards of the client: against trusting the Hub, creating two sessions and losing an account. */
export const clientGuards: readonly Mutant[] = [
  {
    file: list,
    guard: 'if (time < (newest.get(change.accountId) ?? time)) {',
    without: 'if (false) {',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: reactButton,
    guard: '          if (isUnavailable) {\n            event.preventDefault();\n            return;\n          }\n',
    without: '',
    noticedBy: 'unit/react-jsdom',
  },
  {
    file: flow,
    guard: "    if (this.#state.phase === 'opening' && isSame(this.#state.request, request)) {\n      return;\n    }\n",
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard:
      "    if (signal.aborted) {\n      return;\n    }\n    if ('kind' in result) {\n      this.#fail(request, result);\n",
    without: "    if ('kind' in result) {\n      this.#fail(request, result);\n",
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: "retry === 'start' ? this.start(request) : this.#confirm(request, this.#reportedId)",
    without: 'this.start(request)',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: "    if (phase !== 'linked') {\n      this.#watcher?.start();\n    }\n",
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: '  readonly dispose = (): void => {\n    this.#stopWatcher();\n',
    without: '  readonly dispose = (): void => {\n',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard:
      "      if (this.#state.phase === 'open') {\n        void this.#confirm(this.#state.request, accountId);\n      }\n",
    without:
      "      if (this.#state.phase !== 'closed') void this.#confirm(this.#state.request, accountId);\n" +
      '      else void this.#confirm({}, accountId);\n',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: 'if (this.#state.session !== null) {\n        this.close();\n      }',
    without: 'this.close();',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: hubSession,
    guard: "mode === null) {\n    throw new ConnectError({ kind: 'refused', userErrors });",
    without: "mode === null) {\n    throw new ConnectError({ kind: 'unreachable' });",
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: "throw new ConnectError({ kind: 'hub-not-loaded' });",
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: '        this.#watcher?.start();\n      },\n',
    without: '      },\n',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: "    signal.addEventListener('abort', stopSessionWatch);\n",
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: 'if (session === undefined || signal.aborted || this.#watcher !== undefined) {',
    without: 'if (session === undefined || signal.aborted) {',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard:
      '    // A new run: confirming continues after the session has expired.\n    const signal = this.#startRun();\n',
    without: '    const { signal } = this.#abortController;\n',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: hubSession,
    guard: "if (account.status !== 'ACTIVE') {",
    without: 'if (account.id === null) {',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: '    this.#abortController.abort();\n',
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: watcher,
    guard: "status === 'ACTIVE' && !before.has(id)",
    without: "status === 'ACTIVE'",
    noticedBy: 'flow/connect-flow',
  },
  {
    file: watcher,
    guard: ' || Date.now() > session.expiresAt;',
    without: ';',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: watcher,
    guard: '      onReturn(checkSafely, stopped.signal);\n',
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: watch,
    guard: ' && !isTouched()',
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: watch,
    guard: ' && !isRenewing',
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: watch,
    guard: '      onExpire();\n',
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: client,
    guard: '      if (!isUnauthenticated(error) || headers === undefined) {\n        throw error;\n      }\n',
    without: '',
    noticedBy: 'flow/connect-client',
  },
  {
    file: client,
    guard: 'Date.parse(instant) - aheadMs',
    without: 'Date.parse(instant)',
    noticedBy: 'flow/connect-client',
  },
  {
    file: failure,
    guard: "typeof retryAfterSeconds === 'number' ? retryAfterSeconds : null",
    without: 'null',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: watch,
    guard: ' && isPageVisible()',
    without: '',
    noticedBy: 'browser/client-faults',
  },
  {
    file: hub,
    guard: '  keepEventsInside(element);\n',
    without: '',
    noticedBy: 'browser/client-faults',
  },
  {
    file: hub,
    guard: "  element.addEventListener('input', flow.hub.touched, { signal });\n",
    without: '',
    noticedBy: 'browser/client-faults',
  },
  {
    file: hub,
    guard: "  element.addEventListener('click', flow.hub.touched, { signal });\n",
    without: '',
    noticedBy: 'browser/client-faults',
  },
  {
    file: hub,
    guard: '    scripts.delete(src);\n',
    without: '',
    noticedBy: 'browser/client-faults',
  },
  {
    file: hub,
    guard: '    mounted?.unmount();\n  };\n}',
    without: '  };\n}',
    noticedBy: 'browser/client-faults',
  },
  {
    file: hub,
    guard: 'if (session?.token === mounted?.token) {',
    without: 'if (session !== null && mounted !== undefined) {',
    noticedBy: 'browser/client-faults',
  },
  {
    file: reactHook,
    guard: '  useEffect(() => flow.dispose, [flow]);\n',
    without: '',
    noticedBy: 'browser/react.test.ts',
  },
  {
    file: reactHook,
    guard: '    latest.current = { ...options, prepare };\n',
    without: '',
    noticedBy: 'browser/react.test.ts',
  },
  {
    file: reactHub,
    guard: "  slot.addEventListener('click', flow.hub.touched, true);\n",
    without: '',
    noticedBy: 'browser/react.test.ts',
  },
  {
    file: reactHub,
    guard: "  slot.addEventListener('input', flow.hub.touched, true);\n",
    without: '',
    noticedBy: 'browser/react.test.ts',
  },
  {
    file: reactHub,
    guard: '    this.props.onError();\n',
    without: '',
    noticedBy: 'browser/react.test.ts',
  },
  {
    file: reactHub,
    guard: '  keepEventsInside(container);\n',
    without: '',
    noticedBy: 'browser/react-isolation',
  },
  {
    file: frame,
    guard: '  keepEventsInside(container);\n',
    without: '',
    noticedBy: 'browser/react-isolation',
  },
  {
    file: frame,
    guard: 'currentTarget instanceof HTMLDialogElement && !currentTarget.open',
    without: 'currentTarget instanceof HTMLDialogElement',
    noticedBy: 'browser/host-dialogs',
  },
  {
    file: frame,
    guard: '?? title).focus();',
    without: ')?.focus();',
    noticedBy: 'browser/react.test.ts',
  },
  {
    file: frame,
    guard: "(dialog.querySelector<HTMLElement>('[aria-invalid=true]') ?? title).focus()",
    without: 'title.focus()',
    noticedBy: 'browser/integrations',
  },
  {
    file: guided,
    guard: "userErrors.filter(({ field }) => field === 'label')",
    without: 'userErrors.slice(0, 0)',
    noticedBy: 'flow/integrations',
  },
  {
    file: guided,
    guard: '      choices = [];\n',
    without: '',
    noticedBy: 'flow/integrations',
  },
  {
    file: guided,
    guard: '      if (isOpen()) {\n        linked = account;\n      } else {\n        onLinked?.(account);\n      }\n',
    without: '      onLinked?.(account);\n',
    noticedBy: 'browser/react.test.ts',
  },
  {
    file: guided,
    guard: "asks ? { ...request, onExisting: 'FAIL' } : request",
    without: 'request',
    noticedBy: 'flow/integrations',
  },
  {
    file: guided,
    guard: 'if (asks && known.length > 0) {',
    without: 'if (known.length > 9) {',
    noticedBy: 'flow/integrations',
  },
  {
    file: theme,
    guard: "  return isDark(element) ? 'dark' : 'light';\n",
    without: "  return 'light';\n",
    noticedBy: 'browser/react-style',
  },
  {
    file: tokens,
    guard: "    dialog.style.colorScheme = colorScheme === 'normal' ? '' : colorScheme;\n",
    without: '',
    noticedBy: 'browser/react-style',
  },
  {
    file: integrations,
    guard: 'state.dialog !== null ? null : noticeOf(before, known)',
    without: 'null',
    noticedBy: 'flow/integrations',
  },
  {
    file: integrations,
    guard: 'isFirst ? accounts.filter(',
    without: 'false ? accounts.filter(',
    noticedBy: 'flow/integrations',
  },
  {
    file: integrations,
    guard:
      "  if (deletedAccountId === null && !isGone) {\n    throw new ConnectError({ kind: 'refused', userErrors });\n  }\n",
    without: '',
    noticedBy: 'flow/integrations',
  },
  {
    file: integrations,
    guard: "dialog?.kind !== 'remove' || dialog.isRemoving",
    without: "dialog?.kind !== 'remove'",
    noticedBy: 'flow/integrations',
  },
  {
    file: integrations,
    guard: '    if (current !== reads) {\n      return;\n    }\n',
    without: '',
    noticedBy: 'flow/integrations',
  },
  {
    file: integrations,
    guard: '      loaded = undefined;\n',
    without: '',
    noticedBy: 'flow/integrations',
  },
  {
    file: client,
    guard: 'setTimeout(abort, responseTimeoutMs)',
    without: 'setTimeout(() => {}, responseTimeoutMs)',
    noticedBy: 'flow/connect-client',
  },
  {
    file: client,
    guard: "init?.signal?.addEventListener('abort', abort);",
    without: '',
    noticedBy: 'flow/connect-client',
  },
  {
    file: client,
    guard: 'value === undefined ? [] : [[name, value]]',
    without: '[[name, String(value)]]',
    noticedBy: 'flow/connect-client',
  },
  {
    file: 'client/src/dialog/lit.ts',
    guard: 'keyed(value, value)',
    without: 'value',
    noticedBy: 'browser/integrations',
  },
  {
    file: 'client/src/elements/account-view.ts',
    guard: 'isAllowed ? undefined : id(',
    without: 'true ? undefined : id(',
    noticedBy: 'browser/integrations',
  },
  {
    file: 'client/src/elements/catalog-view.ts',
    guard: 'state.providers.length === 0',
    without: 'state.providers.length < 0',
    noticedBy: 'browser/integrations',
  },
  {
    file: 'client/src/dialog/dialog-frame.ts',
    guard: 'event.detail > 1',
    without: 'event.detail < 0',
    noticedBy: 'browser/integrations',
  },
  {
    file: element,
    guard: '        requireHub();\n',
    without: '',
    noticedBy: 'browser/integrations',
  },
  {
    file: element,
    guard: '    this.#keepFocusAfterDialog();\n',
    without: '',
    noticedBy: 'browser/demo-page',
  },
  {
    file: element,
    guard: "(rowId !== '' && focusedRow !== rowId) || ",
    without: '',
    noticedBy: 'browser/integrations',
  },
  {
    file: element,
    guard: 'this.isConnected || this.#detach()',
    without: 'this.#detach()',
    noticedBy: 'browser/other-pages',
  },
  {
    file: modal,
    guard: '      if (!closeOverlay(dialog)) {\n        close();\n      }\n',
    without: '      close();\n',
    noticedBy: 'browser/other-pages',
  },
  {
    file: 'client/src/elements/parts.ts',
    guard: '    form=""\n',
    without: '',
    noticedBy: 'browser/other-pages',
  },
  {
    file: keepFocus,
    guard: '  (target ?? other)?.focus();\n',
    without: '',
    noticedBy: 'browser/integrations',
  },
  {
    file: ownEvents,
    guard: '    element.addEventListener(type, stopPropagation, { passive: true });\n',
    without: '',
    noticedBy: 'browser/react-isolation',
  },
  {
    file: ownEvents,
    guard: '  const types = new Set(otherEvents);\n',
    without: '  const types = new Set<string>();\n',
    noticedBy: 'browser/react-isolation',
  },
  {
    file: modal,
    guard: 'opener?.closest(overlays) && opener.parentElement',
    without: "opener?.closest('html') && opener.parentElement",
    noticedBy: 'browser/react-isolation',
  },
  {
    file: modal,
    guard: '    opener?.parentElement?.append(dialog.parentElement);\n',
    without: '',
    noticedBy: 'browser/host-dialogs',
  },
  {
    file: modal,
    guard: '    event.stopImmediatePropagation();\n    if (key',
    without: '    if (key',
    noticedBy: 'browser/host-dialogs',
  },
  {
    file: modal,
    guard: ' || target === document.body;',
    without: ';',
    noticedBy: 'browser/host-dialogs',
  },
  {
    file: modal,
    guard: "if (typeof dialog.showModal === 'function') {",
    without: 'if (dialog.isConnected) {',
    noticedBy: 'unit/react-jsdom',
  },
  {
    file: modal,
    guard: "if (typeof dialog.close === 'function') {",
    without: 'if (dialog.isConnected) {',
    noticedBy: 'unit/react-jsdom',
  },
  {
    file: page,
    guard: "window.addEventListener?.('focus'",
    without: "window.addEventListener!('focus'",
    noticedBy: 'unit/client-environments',
  },
  {
    file: client,
    guard: '  if (isGraphqlResponse(await response.clone().text())) {\n    return response;\n  }\n',
    without: '  if (response.url !== null) return response;\n',
    noticedBy: 'flow/connect-client',
  },
  {
    file: overlays,
    guard: 'isOverlay(node) ? overlayParent() : body',
    without: 'body',
    noticedBy: 'browser/host-dialogs',
  },
  {
    file: overlays,
    guard: 'document.querySelector(overlaySelector) !== null',
    without: 'false',
    noticedBy: 'browser/host-dialogs',
  },
  {
    file: list,
    guard: 'return changes.reduce(applyChange, accounts);',
    without: 'return accounts;',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: accountsWatch,
    guard: '      readIn(failedReads === 0 ? rereadMs : pauseMs(failedReads));\n',
    without: '',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: accountsWatch,
    guard: '          void refresh();\n        },\n        onChange',
    without: '        },\n        onChange',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: accountsWatch,
    guard: '() => open(isRenewal)',
    without: '() => open(false)',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: accountsWatch,
    guard: " || (reason === 'completed' && wasShort)",
    without: '',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: accountsWatch,
    guard: 'wasShort ? failedStreams + 1 : 1',
    without: '0',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: accountsWatch,
    guard: '  onHide(sleepSoon, stopped.signal);\n',
    without: '',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: accountsWatch,
    guard: '  if (!isPageVisible()) {\n    sleepSoon();\n  }\n',
    without: '',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: accountsWatch,
    guard: '      stopped.abort();\n      sleep();\n',
    without: '      sleep();\n',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: stream,
    guard: "if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {",
    without: 'if (false) {',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: stream,
    guard: "setTimeout(() => end('failed'), maxSilenceMs)",
    without: 'setTimeout(() => {}, maxSilenceMs)',
    noticedBy: 'flow/watch-linked-accounts',
  },
  {
    file: client,
    guard: 'renewal ??= callHeaders(headers, true)',
    without: 'renewal = callHeaders(headers, true)',
    noticedBy: 'flow/connect-client',
  },
  {
    file: 'client/src/core/document-id.ts',
    guard: '(await isUnknown(response)) ? fetch(input, init) : response',
    without: 'response',
    noticedBy: 'flow/trusted-documents',
  },
  {
    file: signIn,
    guard: "isUrl && method.toUpperCase() === 'POST' && ",
    without: 'isUrl && ',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: " && new Headers(headers).get('x-hub-session-token') === token",
    without: '',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: 'return isUrl && method',
    without: 'return method',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: 'return href.startsWith(',
    without: "return href.startsWith('http') || href.startsWith(",
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: '&& href.includes(',
    without: '|| href.includes(',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: '    if (!hubs.delete(hub)) {\n      return;\n    }\n',
    without: '    hubs.delete(hub);\n',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: '    if (hubs.size === 0) {\n',
    without: '    {\n',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: '      if (window.fetch === fetchForHub) {\n',
    without: '      {\n',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: ', ok ? unusedMs : 0',
    without: ', unusedMs',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: 'this.#waiting === waiting && this.#close()',
    without: 'this.#close()',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: '    if (waiting?.closed === false) {\n',
    without: '    if (waiting) {\n',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: '  end(): void {\n    this.#close();\n',
    without: '  end(): void {\n',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: '        if (actual !== null) {\n          this.#setBlocked(null);\n        }\n',
    without: '        this.#setBlocked(null);\n',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: signIn,
    guard: '    await copy.arrayBuffer();\n',
    without: '',
    noticedBy: 'unit/sign-in-window',
  },
  {
    file: flow,
    guard: "      if (this.#state.phase === 'open') {\n        this.#setState({ ...this.#state, signIn });\n      }\n",
    without: '      this.#setState({ ...this.#state, signIn });\n',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: reactHub,
    guard: 'onBlocked: flow.hub.signInBlocked',
    without: 'onBlocked: () => {}',
    noticedBy: 'browser/sign-in-window',
  },
  { file: watcher, guard: 'checks >= maxChecks || ', without: '', noticedBy: 'flow/connect-flow' },
  {
    file: watcher,
    guard: '      if (checks > 0) {\n        return;\n      }\n',
    without: '',
    noticedBy: 'flow/connect-flow',
  },
];
