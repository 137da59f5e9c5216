/* The playground's script: example operations, and in the demo an access token in the headers. */

const examples = [
  `# The caller of the access token below.
# All accounts belong to this customer.
query WhoAmI {
  viewer { ownerId ownerName username }
}`,
  `# The providers, and the linked accounts.
query Integrations {
  providers { key name categories }
  linkedAccounts(first: 10) {
    nodes {
      id providerKey label status needsRelink
      statusReasons { description }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
  `# Creates the token for StackOne's Hub.
# No argument can name an owner: the customer
# comes from the access token.
mutation Connect {
  createConnectSession(
    provider: "bamboohr"
    label: "HR of the main office"
  ) {
    token
    expiresAt
    mode
    userErrors { code field message }
  }
}`,
  `# The "success" of the Hub is only a hint.
# This reads the account from StackOne.
mutation Confirm {
  confirmLinkedAccount(accountId: "id from the Hub") {
    account { id providerKey status }
    userErrors { code message }
  }
}`,
];

async function demoHeaders() {
  const path = document.querySelector('meta[name="token-path"]').content;
  if (path === '') {
    return '{\n  "authorization": "Bearer <access token>"\n}';
  }
  const { token } = await (await fetch(path)).json();
  return JSON.stringify({ authorization: `Bearer ${token}` }, null, 2);
}

async function start() {
  const headers = await demoHeaders();
  const { GraphiQL, React, ReactDOM } = window;
  // An access token does not belong in the browser's storage, and an old one there would hide a fresh one.
  const memory = { getItem: () => null, setItem() {}, removeItem() {}, clear() {}, length: 0 };
  const playground = React.createElement(GraphiQL, {
    // The header lets a server in development accept documents that are not trusted.
    fetcher: GraphiQL.createFetcher({ url: location.pathname, headers: { 'x-connect-playground': 'true' } }),
    storage: memory,
    // For the schema request, which is sent before any tab is open, and for the tabs.
    headers,
    defaultHeaders: headers,
    defaultTabs: examples.map((query) => ({ query, headers })),
    defaultEditorToolsVisibility: 'headers',
  });
  ReactDOM.createRoot(document.getElementById('playground')).render(playground);
}

start();
