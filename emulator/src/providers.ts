interface Field {
  key: string;
  label: string;
  type: 'text' | 'password' | 'select';
  secret: boolean;
  placeholder?: string;
  description?: string;
  options?: { value: string; label: string }[];
}

export interface Provider {
  key: string;
  name: string;
  category: string;
  /** Whether the StackOne project enables this provider. The Hub lists enabled providers only. */
  enabled: boolean;
  /** `oauth2` opens the consent popup. With `custom` the user enters credentials in the Hub. */
  auth: 'custom' | 'oauth2';
  /** All fields are required. */
  fields: Field[];
  logoUrl: string;
  /** Id of the provider's only connector profile. */
  integrationId: string;
  /** Prefix of every secret of this provider. Secrets without it are rejected. */
  secretPrefix?: string;
}

export const categories = [
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

/** An initial as a data URL: it needs no request to another host and copies no trademark. */
function monogram(letters: string, color: string): string {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">' +
    `<rect width="64" height="64" rx="14" fill="${color}"/>` +
    '<text x="32" y="33" fill="#fff" font-family="system-ui,sans-serif" font-weight="600" ' +
    `font-size="28" text-anchor="middle" dominant-baseline="central">${letters}</text></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

function textField(key: string, label: string, placeholder: string, description?: string): Field {
  return { key, label, type: 'text', secret: false, placeholder, ...(description ? { description } : {}) };
}

function secretField(key: string, label: string, description?: string): Field {
  return {
    key,
    label,
    type: 'password',
    secret: true,
    ...(description ? { description } : {}),
  };
}

interface Logo {
  letters: string;
  color: string;
}
type ProviderOptions = Partial<Pick<Provider, 'auth' | 'enabled' | 'fields' | 'secretPrefix'>>;

function defineProvider(key: string, name: string, category: string, logo: Logo, options: ProviderOptions): Provider {
  return {
    key,
    name,
    category,
    enabled: true,
    auth: 'custom',
    fields: [],
    logoUrl: monogram(logo.letters, logo.color),
    integrationId: `${key}-default`,
    ...options,
  };
}

/** The provider catalog: several categories, all ways to connect, and one provider that is not enabled. */
export const providers: readonly Provider[] = [
  defineProvider(
    'bamboohr',
    'BambooHR',
    'hris',
    { letters: 'B', color: '#5b9a3c' },
    {
      fields: [
        textField('subdomain', 'Subdomain', 'acme', 'The part before .bamboohr.com in your address.'),
        secretField('api_key', 'API key', 'In BambooHR: your name, then API Keys.'),
      ],
    },
  ),
  defineProvider(
    'workday',
    'Workday',
    'hris',
    { letters: 'W', color: '#0b6cb8' },
    {
      fields: [
        textField('base_url', 'Web services address', 'https://wd2-impl-services1.workday.com'),
        textField('tenant', 'Tenant', 'acme_dpt1'),
        textField('username', 'Integration user', 'ISU_StackOne'),
        secretField('password', 'Password'),
      ],
    },
  ),
  // Rejects secrets without the prefix `papi-`: use it to see how the Hub shows rejected credentials.
  defineProvider(
    'personio',
    'Personio',
    'hris',
    { letters: 'P', color: '#3a4a5e' },
    {
      secretPrefix: 'papi-',
      fields: [
        textField('client_id', 'Client ID', 'papi-1b2c3d'),
        secretField('client_secret', 'Client secret', 'Starts with papi-.'),
      ],
    },
  ),
  defineProvider(
    'greenhouse',
    'Greenhouse',
    'ats',
    { letters: 'G', color: '#1f7a5c' },
    {
      fields: [secretField('api_key', 'Harvest API key')],
    },
  ),
  defineProvider(
    'lever',
    'Lever',
    'ats',
    { letters: 'L', color: '#4f5bd5' },
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
        secretField('api_key', 'API key'),
      ],
    },
  ),
  defineProvider('hubspot', 'HubSpot', 'crm', { letters: 'H', color: '#e2633f' }, { auth: 'oauth2' }),
  defineProvider(
    'salesforce',
    'Salesforce',
    'crm',
    { letters: 'S', color: '#1a86c7' },
    {
      auth: 'oauth2',
      fields: [textField('instance', 'Instance', 'acme', 'The part before .my.salesforce.com in your address.')],
    },
  ),
  // Exists at StackOne, but is not enabled in this project.
  defineProvider(
    'pipedrive',
    'Pipedrive',
    'crm',
    { letters: 'P', color: '#2b7a4b' },
    {
      enabled: false,
      fields: [secretField('api_token', 'API token')],
    },
  ),
  defineProvider(
    'jira',
    'Jira',
    'ticketing',
    { letters: 'J', color: '#2563c9' },
    {
      fields: [
        textField('site', 'Site', 'acme'),
        textField('email', 'Email', 'ada@acme.test'),
        secretField('api_token', 'API token'),
      ],
    },
  ),
  defineProvider('slack', 'Slack', 'messaging', { letters: 'S', color: '#5c2a5d' }, { auth: 'oauth2' }),
  defineProvider(
    'docebo',
    'Docebo',
    'lms',
    { letters: 'D', color: '#1d56a5' },
    {
      fields: [textField('subdomain', 'Subdomain', 'acme'), secretField('client_secret', 'Client secret')],
    },
  ),
  defineProvider('quickbooks', 'QuickBooks', 'accounting', { letters: 'Q', color: '#2c8a2f' }, { auth: 'oauth2' }),
];

export function findProvider(key: string): Provider | undefined {
  return providers.find((candidate) => candidate.key === key);
}
