import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { StackOneError } from './errors.js';
import { listParameter, paginate, parseQuery } from './pages.js';
import { type Provider, providers } from './providers.js';
import type { Settings } from './settings.js';

const providerKeySchema = z.object({ provider: z.string() });

/** From the oldest to the newest. */
const catalogEndpoints = ['connectors-meta', 'auth-configs', 'connector-profiles'] as const;

/** The providers of the project, at the endpoints of three generations of StackOne's API. */
export function addCatalogRoutes(app: FastifyInstance, settings: Settings): void {
  const listProviders = (): Provider[] =>
    providers.map((one) => ({ ...one, enabled: one.enabled && settings.enabledProviders === 'default' }));
  // Unlike the lists of the other endpoints, this one is a text with commas.
  const includesInactive = (request: FastifyRequest) =>
    parseQuery(request).get('include')?.split(',').includes('inactive') ?? false;

  app.get('/connectors/meta', (request) => [
    ...settings.rawRows.catalog,
    ...listProviders()
      .filter(({ enabled }) => enabled || includesInactive(request))
      .map(toConnectorMeta),
  ]);

  app.get('/connectors/meta/:provider', (request) => {
    const { provider: key } = providerKeySchema.parse(request.params);
    const provider = listProviders().find((one) => one.key === key && (one.enabled || includesInactive(request)));
    if (!provider) {
      throw new StackOneError(404, `Connector ${key} not found`);
    }
    return toConnectorMeta(provider);
  });

  const addPagedCatalog = (
    path: string,
    endpoint: Settings['catalogEndpoint'],
    toRow: (provider: Provider) => Record<string, unknown>,
  ) => {
    app.get(path, (request) => {
      if (catalogEndpoints.indexOf(settings.catalogEndpoint) < catalogEndpoints.indexOf(endpoint)) {
        throw new StackOneError(404, `Cannot GET ${path}`);
      }
      const query = parseQuery(request);
      const enabled = query.get('enabled');
      const keys = listParameter(query, 'connector_key');
      const rows = listProviders().filter(
        (one) => (!enabled || String(one.enabled) === enabled) && (keys.length === 0 || keys.includes(one.key)),
      );
      // `oddPaging` applies to /accounts only: the paging of these endpoints is documented.
      return paginate([...settings.rawRows.catalog, ...rows.map(toRow)], query, { oddPaging: 'none' });
    });
  };
  const toProfile = (provider: Provider) => {
    const { connector_key, ...rest } = toAuthConfig(provider);
    const key = settings.vocabulary === 'v1' ? { connector_key } : { connector: connector_key };
    return { ...rest, ...key, connector_version: '1.0.0' };
  };
  addPagedCatalog('/auth_configs', 'auth-configs', toAuthConfig);
  addPagedCatalog('/connector_profiles', 'connector-profiles', toProfile);
}

function toConnectorMeta({ key, name, category, enabled, logoUrl }: Provider) {
  const images = { logo_url: logoUrl, original_logo_horizontal_url: logoUrl };
  return { provider: key, provider_name: name, category, active: enabled, models: {}, resources: { images } };
}

function toAuthConfig({ key, name, category, enabled, logoUrl, integrationId }: Provider) {
  const since = '2026-01-05T09:00:00.000Z';
  return {
    id: integrationId,
    name: `${name} (default)`,
    connector_key: key,
    connector_label: name,
    logo_url: logoUrl,
    categories: [category],
    active: enabled,
    default: true,
    release_stage: 'ga',
    environment: 'production',
    created_at: since,
    updated_at: since,
  };
}
