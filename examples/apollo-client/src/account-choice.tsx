import type { AccountFieldsFragment } from './gql/graphql';
import { showModal } from './hub-dialog';

interface AccountChoiceProps {
  /** The linked accounts of one provider. */
  readonly accounts: readonly AccountFieldsFragment[];
  readonly onUpdate: (accountId: string) => void;
  readonly onConnectAnother: (label: string | null) => void;
  readonly onClose: () => void;
}

/** Asks whether to update a linked account or to connect another one, with a name. */
export function AccountChoice({ accounts, onUpdate, onConnectAnother, onClose }: AccountChoiceProps) {
  const connectAnother = (form: FormData) => {
    const label = form.get('label');
    onConnectAnother(typeof label === 'string' && label.trim() !== '' ? label.trim() : null);
  };
  return (
    <dialog ref={showModal} className="choice" aria-labelledby="choice-title" onCancel={onClose}>
      <header>
        <h2 id="choice-title">There is a connection already</h2>
        <button type="button" className="link" onClick={onClose}>
          Cancel
        </button>
      </header>
      <ul>
        {accounts.map((account) => (
          <li key={account.id}>
            <span className="name">{distinguish(account)}</span>
            <button type="button" className="button" onClick={() => onUpdate(account.id)}>
              Update this connection
            </button>
          </li>
        ))}
      </ul>
      <form action={connectAnother}>
        <label>
          Name of another account (optional) <input name="label" maxLength={200} autoComplete="off" />
        </label>
        <button type="submit" className="button">
          Connect another
        </button>
      </form>
    </dialog>
  );
}

/** The label, or the end of the id. */
export function distinguish({ label, id }: AccountFieldsFragment): string {
  return label ?? `Account …${id.slice(-4)}`;
}
