const element = (id) => document.getElementById(id);

/** The cookie goes along by itself: this is the same origin. */
async function ask(query, variables) {
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
  const { viewer, linkedAccounts } = await ask(
    '{ viewer { ownerName } linkedAccounts { nodes { id status provider { name } } } }',
  );
  element('owner').textContent = ` of ${viewer.ownerName}`;
  element('accounts').replaceChildren(
    ...linkedAccounts.nodes.map(({ provider, status }) => {
      const item = document.createElement('li');
      item.textContent = `${provider?.name ?? 'A provider'}: ${status.toLowerCase()}`;
      return item;
    }),
  );
}

/** The token is short-lived: it is fetched on click, and each has a Hub of its own. */
async function openHub() {
  element('message').textContent = '';
  const { createConnectSession } = await ask(
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
  hub.addEventListener('success', ({ detail }) => tell(confirm(detail.id)));
  hub.addEventListener('close', () => element('hub').replaceChildren());
  element('hub').replaceChildren(hub);
}

/** What the Hub says is only a hint: the server knows whether there is such an account, and whose it is. */
async function confirm(accountId) {
  const { confirmLinkedAccount } = await ask(
    'mutation ($accountId: ID!) { confirmLinkedAccount(accountId: $accountId) { account { status } } }',
    { accountId },
  );
  element('message').textContent =
    confirmLinkedAccount.account?.status === 'ACTIVE' ? 'The account is linked.' : 'This is not linked yet.';
  await showAccounts();
}

/** Whatever goes wrong is shown. */
function tell(work) {
  work.catch((error) => {
    element('message').textContent = error.message;
  });
}

element('connect').addEventListener('click', () => tell(openHub()));
tell(showAccounts());
