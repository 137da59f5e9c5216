import type { Api, HubSession } from './api.js';
import { loadHub, mountHub } from './hub-element.js';
import { watchSession } from './session-watch.js';
import {
  type Account,
  type Connect,
  type Problem,
  type Result,
  sessionVariables,
  type Target,
} from './state.js';
import { statusOf } from './words.js';

export interface ConnectDependencies {
  readonly api: Api;
  readonly hubBaseUrl: string;
  /** Where the Hub goes: an element that the templates leave empty. */
  readonly slot: () => HTMLElement;
  readonly show: (connect: Connect) => void;
  readonly onConfirmed: (account: Account, target: Target) => void;
  /** The dialog is gone, whatever came of it. */
  readonly onClosed: () => void;
}

/** What the Hub shows after a success is worth a look, before the dialog goes away by itself. */
const lookMs = 1_000;

const tookTooLong: Problem = {
  title: 'This took too long',
  text: 'To keep your accounts safe, this window ends by itself after a while. Please start again.',
};
const hubNotLoaded: Problem = {
  title: 'The connection window could not be loaded',
  text: 'Check your connection to the internet, then try again.',
};
const startAgain = { kind: 'start', words: 'Start again' } as const;
const tryAgain = { kind: 'start', words: 'Try again' } as const;

/**
 * One connection from the click to the account: a session is minted, the Hub is mounted with it, and what the
 * Hub reports is confirmed by the server. Each step belongs to a run; a step that comes back after its run has
 * ended changes nothing.
 */
export class ConnectDialog {
  readonly #dependencies: ConnectDependencies;
  #run = new AbortController();
  #target: Target | null = null;
  #label = '';
  #unmount: () => void = () => {};

  constructor(dependencies: ConnectDependencies) {
    this.#dependencies = dependencies;
  }

  /** A further account of a provider gets a name first: without one it could not be told from the others. */
  open(target: Target): void {
    this.#target = target;
    this.#label = '';
    if (target.kind === 'provider' && target.another) {
      this.#dependencies.show({ phase: 'naming', target });
    } else {
      void this.start();
    }
  }

  name(label: string): void {
    this.#label = label.trim();
    void this.start();
  }

  async start(): Promise<void> {
    const target = this.#target;
    if (target === null) return;
    const signal = this.#newRun();
    this.#dependencies.show({ phase: 'opening', target });
    const [session, loaded] = await Promise.all([this.#createSession(target), isLoaded()]);
    if (signal.aborted) return;
    if (!session.ok) {
      this.#fail(target, session.problem);
    } else if (!loaded) {
      this.#fail(target, hubNotLoaded);
    } else {
      this.#mount(target, session.value, signal);
    }
  }

  /** Asks the server what an account that the Hub reported really is. */
  async confirm(accountId: string): Promise<void> {
    const target = this.#target;
    if (target === null) return;
    const { signal } = this.#run;
    this.#dependencies.show({ phase: 'confirming', target });
    const result = await this.#dependencies.api.confirm(accountId);
    if (signal.aborted) return;
    if (!result.ok) {
      const text = `${result.problem.text} The account may be connected all the same.`;
      this.#unmountHub();
      const retry = { kind: 'confirm', accountId, words: 'Check again' } as const;
      const problem = { title: `We could not confirm it: ${result.problem.title}`, text };
      this.#dependencies.show({ phase: 'problem', target, problem, retry });
    } else if (result.value.status === 'ACTIVE') {
      await this.#finish(target, result.value, signal);
    } else {
      this.#fail(target, notConnected(result.value));
    }
  }

  close(): void {
    if (this.#target === null) return;
    this.#newRun();
    this.#target = null;
    this.#dependencies.show({ phase: 'closed' });
    this.#dependencies.onClosed();
  }

  async #finish(target: Target, account: Account, signal: AbortSignal): Promise<void> {
    this.#dependencies.show({ phase: 'confirmed', target });
    this.#dependencies.onConfirmed(account, target);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    if (!signal.aborted) this.close();
  }

  #mount(target: Target, session: HubSession, signal: AbortSignal): void {
    const { hubBaseUrl, slot, show } = this.#dependencies;
    const watch = watchSession({
      endsAt: session.endsAt,
      onRenew: () => void this.#renew(target, signal, watch.isTouched),
      onEnd: () => this.#fail(target, tookTooLong, startAgain),
    });
    const unmount = mountHub(slot(), {
      token: session.token,
      baseUrl: hubBaseUrl,
      onTouched: watch.touched,
      onClose: () => this.close(),
      onSuccess: (accountId) => {
        watch.stop();
        void this.confirm(accountId);
      },
    });
    this.#unmount = () => {
      watch.stop();
      unmount();
    };
    show({ phase: 'hub', target });
  }

  /** The old Hub stays until there is a session for a new one, and longer if somebody begins to use it. */
  async #renew(target: Target, signal: AbortSignal, isTouched: () => boolean): Promise<void> {
    const session = await this.#createSession(target);
    if (signal.aborted || isTouched() || !session.ok) return;
    this.#unmountHub();
    this.#mount(target, session.value, signal);
  }

  #createSession(target: Target): Promise<Result<HubSession>> {
    return this.#dependencies.api.createSession(sessionVariables(target, this.#label));
  }

  #fail(target: Target, problem: Problem, retry: typeof startAgain | typeof tryAgain = tryAgain): void {
    this.#newRun();
    this.#dependencies.show({ phase: 'problem', target, problem, retry });
  }

  #newRun(): AbortSignal {
    this.#run.abort();
    this.#run = new AbortController();
    this.#unmountHub();
    return this.#run.signal;
  }

  #unmountHub(): void {
    this.#unmount();
    this.#unmount = () => {};
  }
}

async function isLoaded(): Promise<boolean> {
  try {
    await loadHub();
    return true;
  } catch {
    return false;
  }
}

/** The Hub has said `success`, and the account is not what that means: the server's word counts. */
function notConnected(account: Account): Problem {
  const reasons = account.statusReasons.flatMap(({ description }) => description ?? []);
  const text = `StackOne tells us that the account ${statusOf(account).clause}.`;
  return {
    title: 'This is not connected yet',
    text: [text, ...reasons, 'Check what you entered, then try again.'].join(' '),
  };
}
