const element = (id) => document.getElementById(id);

/** Sends a GraphQL request. The browser adds the session cookie, because the API has the same origin. */
async function sendRequest(query, variables) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  if (response.status === 401) {
    location.assign('/');
  }
  const { data, errors } = await response.json();
  if (errors !== undefined) {
    throw new Error(errors[0].message);
  }
  return data;
}

async function showAccounts() {
  const { viewer, linkedAccounts } = await sendRequest(
    '{ viewer { ownerName } linkedAccounts { nodes { id label status provider { name } } } }',
  );
  element('owner').textContent = ` of ${viewer.ownerName}`;
  element('accounts').replaceChildren(
    ...linkedAccounts.nodes.map(({ id, label, provider, status }) => {
      const item = document.createElement('li');
      // Distinguishes several accounts of a provider.
      item.title = label ?? id;
      item.textContent = `${provider?.name ?? 'A provider'}: ${status.toLowerCase()}`;
      return item;
    }),
  );
}

/** Opens the Hub. The token expires, so create one for each click, and mount a new Hub for each token. */
async function openHub() {
  element('message').textContent = '';
  const { createConnectSession } = await sendRequest(
    'mutation { createConnectSession { token userErrors { message } } }',
  );
  if (createConnectSession.token === null) {
    throw new Error(createConnectSession.userErrors[0].message);
  }
  await import('/hub.js');
  const hub = document.createElement('stackone-hub');
  hub.setAttribute('mode', 'integration-picker');
  hub.setAttribute('base-url', await (await fetch('/hub-url')).json());
  hub.setAttribute('token', createConnectSession.token);
  hub.addEventListener('success', ({ detail }) => showErrors(confirm(detail.id)));
  hub.addEventListener('close', () => element('hub').replaceChildren());
  element('hub').replaceChildren(hub);
}

/** Confirms an account. The event of the Hub is only a hint: the server checks the account and its owner. */
async function confirm(accountId) {
  const { confirmLinkedAccount } = await sendRequest(
    'mutation ($accountId: ID!) { confirmLinkedAccount(accountId: $accountId) { account { status } } }',
    { accountId },
  );
  element('message').textContent =
    confirmLinkedAccount.account?.status === 'ACTIVE' ? 'The account is linked.' : 'The account is not linked.';
  await showAccounts();
}

/** Shows the error of a rejected promise. */
function showErrors(promise) {
  promise.catch((error) => {
    element('message').textContent = error.message;
  });
}

element('connect').addEventListener('click', () => showErrors(openHub()));
showErrors(showAccounts());
