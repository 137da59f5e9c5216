import { describeFailure, type LinkedAccount } from 'stackone-connect-client';
import { type Connect, useConnect } from 'stackone-connect-client/react';

/** The hook, for a design of one's own: here the Hub stands in the page, and any tool can be chosen in it. */
export function OwnDesign({ onLinked }: { readonly onLinked: (account: LinkedAccount) => void }) {
  const connect = useConnect({ onLinked, hubProps: { height: '32rem' } });
  return (
    <section className="panel" aria-labelledby="own">
      <h2 id="own">Not sure which?</h2>
      <Step {...connect} />
    </section>
  );
}

function Step({ state, start, retry, close, hub }: Connect) {
  switch (state.phase) {
    case 'closed':
      return (
        <>
          <p>Look through the recruiting tools first, and decide then.</p>
          <button type="button" className="button" onClick={() => start({ category: 'ATS' })}>
            Browse recruiting tools
          </button>
        </>
      );
    case 'opening':
      return <p role="status">One moment…</p>;
    case 'open':
    case 'confirming':
      return (
        <>
          {hub ?? <p role="status">Asking again…</p>}
          <button type="button" className="link" onClick={close}>
            Not now
          </button>
        </>
      );
    case 'linked':
      return (
        <>
          <p role="status">{state.account.label ?? state.account.providerKey} is connected.</p>
          <button type="button" className="link" onClick={close}>
            Done
          </button>
        </>
      );
    case 'failed': {
      const { title, text } = describeFailure(state.failure, state.retry);
      return (
        <div role="alert">
          <h3>{title}</h3>
          <p>{text}</p>
          <button type="button" className="button" onClick={retry}>
            {state.retry === 'start' ? 'Try again' : 'Check again'}
          </button>
        </div>
      );
    }
  }
}
