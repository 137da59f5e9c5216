/* The playground's own script: example operations, and in demo mode an access token in the headers. */

const examples = [
  `# Whose access token is in the headers below?
# Every account in this schema is this customer's.
query WhoAmI {
  viewer { ownerId ownerName username }
}`,
  `# What can be linked, and what is.
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
  `# The token for StackOne's Hub.
# Nothing here says whose account it will be:
# the access token does.
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
  `# The Hub's "success" is only a hint.
# What does StackOne say?
mutation Confirm {
  confirmLinkedAccount(accountId: "from the Hub") {
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
    fetcher: GraphiQL.createFetcher({ url: '/graphql' }),
    storage: memory,
    // For the schema, which is asked for before any tab is open, and for the tabs.
    headers,
    defaultHeaders: headers,
    defaultTabs: examples.map((query) => ({ query, headers })),
    defaultEditorToolsVisibility: 'headers',
  });
  ReactDOM.createRoot(document.getElementById('playground')).render(playground);
}

start();
