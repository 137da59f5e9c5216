export type Field = {
  key: string;
  label: string;
  type: 'text' | 'password' | 'select';
  secret: boolean;
  placeholder?: string;
  description?: string;
  options?: { value: string; label: string }[];
};

export type Provider = {
  key: string;
  name: string;
  category: string;
  /** Whether the project has it switched on; the Hub lists no other. */
  enabled: boolean;
  /** `oauth2` opens the consent page; with `custom` the person types credentials into the Hub. */
  auth: 'custom' | 'oauth2';
  /** All of them are required. */
  fields: Field[];
  logoUrl: string;
  /** The id of its one connector profile. */
  integrationId: string;
  /** What every secret of this provider begins with; anything else is refused. */
  secretPrefix?: string;
};

export const CATEGORIES = [
  'ats',
  'hris',
  'hris-legacy',
  'crm',
  'iam',
  'marketing',
  'lms',
  'stackone',
  'documents',
  'ticketing',
  'screening',
  'messaging',
  'accounting',
  'scheduling',
] as const;

/** A monogram, so that the page loads nothing from elsewhere and nobody's brand is copied. */
function monogram(letters: string, colour: string): string {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">' +
    `<rect width="64" height="64" rx="14" fill="${colour}"/>` +
    '<text x="32" y="33" fill="#fff" font-family="system-ui,sans-serif" font-weight="600" ' +
    `font-size="28" text-anchor="middle" dominant-baseline="central">${letters}</text></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

function text(key: string, label: string, placeholder: string, description?: string): Field {
  return { key, label, type: 'text', secret: false, placeholder, ...(description ? { description } : {}) };
}

function secret(key: string, label: string, description?: string): Field {
  return {
    key,
    label,
    type: 'password',
    secret: true,
    ...(description ? { description } : {}),
  };
}

type Look = { letters: string; colour: string };
type Rest = Partial<Pick<Provider, 'auth' | 'enabled' | 'fields' | 'secretPrefix'>>;

function provider(key: string, name: string, category: string, look: Look, rest: Rest): Provider {
  return {
    key,
    name,
    category,
    enabled: true,
    auth: 'custom',
    fields: [],
    logoUrl: monogram(look.letters, look.colour),
    integrationId: `${key}-default`,
    ...rest,
  };
}

/** The catalogue: enough categories to choose from, each way to connect, and one that is switched off. */
export const PROVIDERS: readonly Provider[] = [
  provider(
    'bamboohr',
    'BambooHR',
    'hris',
    { letters: 'B', colour: '#5b9a3c' },
    {
      fields: [
        text('subdomain', 'Subdomain', 'acme', 'The part before .bamboohr.com in your address.'),
        secret('api_key', 'API key', 'In BambooHR: your name, then API Keys.'),
      ],
    },
  ),
  provider(
    'workday',
    'Workday',
    'hris',
    { letters: 'W', colour: '#0b6cb8' },
    {
      fields: [
        text('base_url', 'Web services address', 'https://wd2-impl-services1.workday.com'),
        text('tenant', 'Tenant', 'acme_dpt1'),
        text('username', 'Integration user', 'ISU_StackOne'),
        secret('password', 'Password'),
      ],
    },
  ),
  // Refuses most of what is typed into it: the way to see how a refusal looks.
  provider(
    'personio',
    'Personio',
    'hris',
    { letters: 'P', colour: '#3a4a5e' },
    {
      secretPrefix: 'papi-',
      fields: [
        text('client_id', 'Client ID', 'papi-1b2c3d'),
        secret('client_secret', 'Client secret', 'Begins with papi-.'),
      ],
    },
  ),
  provider(
    'greenhouse',
    'Greenhouse',
    'ats',
    { letters: 'G', colour: '#1f7a5c' },
    {
      fields: [secret('api_key', 'Harvest API key')],
    },
  ),
  provider(
    'lever',
    'Lever',
    'ats',
    { letters: 'L', colour: '#4f5bd5' },
    {
      fields: [
        {
          key: 'environment',
          label: 'Environment',
          type: 'select',
          secret: false,
          placeholder: 'Choose one',
          options: [
            { value: 'production', label: 'Production' },
            { value: 'sandbox', label: 'Sandbox' },
          ],
        },
        secret('api_key', 'API key'),
      ],
    },
  ),
  provider('hubspot', 'HubSpot', 'crm', { letters: 'H', colour: '#e2633f' }, { auth: 'oauth2' }),
  provider(
    'salesforce',
    'Salesforce',
    'crm',
    { letters: 'S', colour: '#1a86c7' },
    {
      auth: 'oauth2',
      fields: [text('instance', 'Instance', 'acme', 'The part before .my.salesforce.com in your address.')],
    },
  ),
  // Known to StackOne, but not switched on in this project.
  provider(
    'pipedrive',
    'Pipedrive',
    'crm',
    { letters: 'P', colour: '#2b7a4b' },
    {
      enabled: false,
      fields: [secret('api_token', 'API token')],
    },
  ),
  provider(
    'jira',
    'Jira',
    'ticketing',
    { letters: 'J', colour: '#2563c9' },
    {
      fields: [
        text('site', 'Site', 'acme'),
        text('email', 'Email', 'ada@acme.test'),
        secret('api_token', 'API token'),
      ],
    },
  ),
  provider('slack', 'Slack', 'messaging', { letters: 'S', colour: '#5c2a5d' }, { auth: 'oauth2' }),
  provider(
    'docebo',
    'Docebo',
    'lms',
    { letters: 'D', colour: '#1d56a5' },
    {
      fields: [text('subdomain', 'Subdomain', 'acme'), secret('client_secret', 'Client secret')],
    },
  ),
  provider('quickbooks', 'QuickBooks', 'accounting', { letters: 'Q', colour: '#2c8a2f' }, { auth: 'oauth2' }),
];

export function findProvider(key: string): Provider | undefined {
  return PROVIDERS.find((candidate) => candidate.key === key);
}
