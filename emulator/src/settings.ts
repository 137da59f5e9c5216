import { z } from 'zod';
import { parseInput } from './errors.js';

/**
 * Switches for behavior that StackOne's documentation leaves open or that differs between StackOne projects. A
 * client must work with every value.
 */
export const settingsSchema = z.strictObject({
  /**
   * Response of `GET /accounts`: an array, `{data: [...]}` as in one of StackOne's guides, or
   * `{data, page, page_size, total}` as in the API of July 2026.
   */
  accountsEnvelope: z.enum(['array', 'data', 'paged']),
  /**
   * `zero-based`: `page` starts at 0. `repeat-last`: pages after the last one repeat it. `short`: pages contain one
   * row less than `page_size`.
   */
  oddPaging: z.enum(['none', 'zero-based', 'repeat-last', 'short']),
  /** `GET /accounts` ignores the owner filter and returns the accounts of all owners. */
  ignoreOwnerFilter: z.boolean(),
  /** The newest endpoint of the catalog. It and the older ones are served; newer ones return 404. */
  catalogEndpoint: z.enum(['connectors-meta', 'auth-configs', 'connector-profiles']),
  /**
   * Names of the fields in accounts and in the catalog. In `v2`, `connector` stands for `provider` and `connector_key`,
   * and `owner_id` for `origin_owner_id`. Connect sessions are the same in both.
   */
  vocabulary: z.enum(['v1', 'v2']),
  /**
   * Rows that are listed as they are, before all others: accounts, and entries of the catalog. An account is listed for
   * its owner; for all owners when its owner is not a text.
   */
  rawRows: z.strictObject({
    accounts: z.array(z.unknown()).readonly(),
    catalog: z.array(z.unknown()).readonly(),
  }),
  /** `none`: no provider is enabled in the project, so the catalog and the Hub have none. `rawRows` are listed. */
  enabledProviders: z.enum(['default', 'none']),
  /** The project of the API key, as the response to a new session and webhooks state it. */
  projectId: z.string(),
  /**
   * What the API key may do. `full` and `accounts`: everything. `read-only`: GET only. `actions`: nothing here. Other
   * requests get 403.
   */
  keyScope: z.enum(['full', 'accounts', 'read-only', 'actions']),
  /** `organization_id` is a number in StackOne's documentation and a string in some responses. */
  organizationIdAsString: z.boolean(),
  /** Where webhooks are sent. Null: no webhooks. */
  webhookUrl: z.url({ protocol: /^https?$/, error: 'must be a URL with http or https' }).nullable(),
  webhookSecret: z.string().min(1),
  /**
   * `drop`: webhooks are not sent. `repeat`: each is sent twice. `reorder`: two are sent in reverse order. `delay`: each is
   * sent after `webhookDelayMs`. `forge`: each has a signature with another secret.
   */
  webhookFault: z.enum(['none', 'drop', 'repeat', 'reorder', 'delay', 'forge']),
  webhookDelayMs: z.int().min(0).max(600_000),
});
export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Readonly<Settings> = {
  accountsEnvelope: 'array',
  oddPaging: 'none',
  ignoreOwnerFilter: false,
  catalogEndpoint: 'connector-profiles',
  vocabulary: 'v1',
  rawRows: { accounts: [], catalog: [] },
  enabledProviders: 'default',
  projectId: 'emulated-project',
  keyScope: 'full',
  organizationIdAsString: false,
  webhookUrl: null,
  webhookSecret: 'whsec_emulator',
  webhookFault: 'none',
  webhookDelayMs: 1000,
};

/**
 * The defaults, with these settings instead of some of them.
 * @throws StackOneError 400
 */
export function withDefaults(settings: Partial<Settings> = {}): Settings {
  return { ...defaultSettings, ...parseInput(settingsSchema.exactPartial(), settings) };
}

/** Refuses unknown names and invalid values, also when a test changes a property. */
export function checkChanges(settings: Settings): Settings {
  return new Proxy(settings, {
    set: (target, name, value) => {
      Object.assign(target, parseInput(settingsSchema, { ...target, [name]: value }));
      return true;
    },
  });
}
