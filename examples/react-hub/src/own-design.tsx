import { describeFailure, type LinkedAccount } from 'stackone-connect-client';
import { type Connect, useConnect } from 'stackone-connect-client/react';

/** A custom design with the hook `useConnect`: the Hub is embedded in the page, and the user chooses a tool in it. */
export function OwnDesign({ onLinked }: { readonly onLinked: (account: LinkedAccount) => void }) {
  const connect = useConnect({ onLinked, hubProps: { height: '32rem' } });
  return (
    <section className="panel" aria-labelledby="own">
      <h2 id="own">Not sure yet?</h2>
      <Step {...connect} />
    </section>
  );
}

function Step({ state, start, retry, close, hub }: Connect) {
  switch (state.phase) {
    case 'closed':
      return (
        <>
          <p>Browse all recruiting tools and choose one. Choosing a connected tool updates its connection.</p>
          <button type="button" className="button" onClick={() => start({ category: 'ATS' })}>
            Browse recruiting tools
          </button>
        </>
      );
    case 'opening':
      return <p role="status">Loading…</p>;
    case 'open':
    case 'confirming':
      return (
        <>
          {hub ?? <p role="status">Checking again…</p>}
          <button type="button" className="link" onClick={close}>
            Cancel
          </button>
        </>
      );
    case 'linked':
      return (
        <>
          <p role="status">The account is connected.</p>
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
