import { z } from 'zod';

/**
 * Switches for behavior that StackOne's documentation leaves open or that differs between StackOne projects. A
 * client must work with every value.
 */
export const settingsSchema = z.strictObject({
  /** Response of `GET /accounts`: an array, or `{data: [...]}` as in one of StackOne's guides. */
  accountsEnvelope: z.enum(['array', 'data']),
  /**
   * `zero-based`: `page` starts at 0. `repeat-last`: pages after the last one repeat it. `short`: pages contain one
   * row less than `page_size`.
   */
  oddPaging: z.enum(['none', 'zero-based', 'repeat-last', 'short']),
  /** `GET /accounts` ignores the owner filter and returns the accounts of all owners. */
  ignoreOwnerFilter: z.boolean(),
  /** `false`: `/auth_configs` returns 404, as in older projects. */
  hasAuthConfigs: z.boolean(),
  /** `organization_id` is a number in StackOne's documentation and a string in some responses. */
  organizationIdAsString: z.boolean(),
  /** Where webhooks are sent. Null: no webhooks. */
  webhookUrl: z.url().nullable(),
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
  hasAuthConfigs: true,
  organizationIdAsString: false,
  webhookUrl: null,
  webhookSecret: 'whsec_emulator',
  webhookFault: 'none',
  webhookDelayMs: 1000,
};
