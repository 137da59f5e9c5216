import type { Mutant } from './guards.js';

const flow = 'client/connect-flow.ts';
const search = 'client/account-search.ts';
const watch = 'client/session-watch.ts';
const client = 'client/connect-client.ts';
const failure = 'client/failure.ts';
const hub = 'client/hub-element.ts';
const reactHook = 'client/react/use-connect.tsx';
const reactDialog = 'client/react/connect-dialog.tsx';
const reactButton = 'client/react/connect-button.tsx';

/** Guards against trusting the Hub, creating a session twice, and losing an account. */
export const clientGuards: readonly Mutant[] = [
  {
    file: flow,
    guard: "    if (this.#state.phase === 'opening' && isSame(this.#state.request, request)) return;\n",
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: '      if (!signal.aborted) this.#open(request, session, signal);\n',
    without: '      this.#open(request, session, signal);\n',
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
    guard: "    if (phase !== 'linked') this.#search?.begin();\n",
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: '  readonly dispose = (): void => {\n    this.#endSearch();\n',
    without: '  readonly dispose = (): void => {\n',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: "      if (this.#state.phase === 'open') void this.#confirm(this.#state.request, accountId);\n",
    without:
      "      if (this.#state.phase !== 'closed') void this.#confirm(this.#state.request, accountId);\n" +
      '      else void this.#confirm({}, accountId);\n',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: 'if (this.#state.session !== null) this.close();',
    without: 'this.close();',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: "throw new ConnectError({ kind: 'refused', userErrors });",
    without: "throw new ConnectError({ kind: 'unreachable' });",
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
    guard: '        this.#search?.begin();\n      },\n',
    without: '      },\n',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: "    signal.addEventListener('abort', stopWatching);\n",
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: 'if (session === undefined || signal.aborted || this.#search !== undefined) return;',
    without: 'if (session === undefined || signal.aborted) return;',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard:
      '    // A new run: what is being confirmed does not end with the session.\n    const signal = this.#newRun();\n',
    without: '    const { signal } = this.#run;\n',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: "else if (account.status === 'ACTIVE') this.#link(request, account);",
    without: 'else if (account !== null) this.#link(request, account);',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: flow,
    guard: '    this.#run.abort();\n',
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: search,
    guard: "status === 'ACTIVE' && !before.has(id)",
    without: "status === 'ACTIVE'",
    noticedBy: 'flow/connect-flow',
  },
  {
    file: search,
    guard: ' || Date.now() > endsAt;',
    without: ';',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: search,
    guard: '      onReturn(tryToLook, stopped.signal);\n',
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
    guard: '      onEnd();\n',
    without: '',
    noticedBy: 'flow/connect-flow',
  },
  {
    file: client,
    guard: 'if (!isUnauthenticated(error) || options.headers === undefined) throw error;',
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
    guard: '      event.stopPropagation();\n',
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
    guard: '      loading.delete(src);\n',
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
    guard: 'if (session?.token === mounted?.token) return;',
    without: 'if (session !== null && mounted !== undefined) return;',
    noticedBy: 'browser/client-faults',
  },
  {
    file: reactHook,
    guard: ' key={session.token}',
    without: '',
    noticedBy: 'browser/react',
  },
  {
    file: reactHook,
    guard: "    element?.addEventListener('close', stop);\n",
    without: '',
    noticedBy: 'browser/react',
  },
  {
    file: reactHook,
    guard: '      onClickCapture={flow.hub.touched}\n',
    without: '',
    noticedBy: 'browser/react',
  },
  {
    file: reactHook,
    guard: '      onInputCapture={flow.hub.touched}\n',
    without: '',
    noticedBy: 'browser/react',
  },
  {
    file: reactHook,
    guard: '  useEffect(() => flow.dispose, [flow]);\n',
    without: '',
    noticedBy: 'browser/react',
  },
  {
    file: reactHook,
    guard: '    latest.current = { ...options, prepare };\n',
    without: '',
    noticedBy: 'browser/react',
  },
  {
    file: reactDialog,
    guard: 'if (!currentTarget.open) close();',
    without: 'close();',
    noticedBy: 'browser/react',
  },
  {
    file: reactDialog,
    guard: '    return () => element?.close();\n',
    without: '',
    noticedBy: 'browser/react',
  },
  {
    file: reactDialog,
    guard: '    if (!isInside) heading.current?.focus();\n',
    without: '',
    noticedBy: 'browser/react',
  },
  {
    file: reactButton,
    guard: '      if (isOpen) linked.current = account;\n      else onLinked?.(account);\n',
    without: '      onLinked?.(account);\n',
    noticedBy: 'browser/react',
  },
];
