import 'stackone-connect-client/elements';
import { createConnectClient } from 'stackone-connect-client';

/** The browser adds the session cookie to each request, because the API has the same origin. */
const client = createConnectClient({ url: '/graphql' });
// `startShop` sets the URL when it bundles this file.
Object.assign(document.querySelector('connect-integrations'), { client, hubBaseUrl: import.meta.env.HUB_URL });
