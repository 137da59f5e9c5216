import { z } from 'zod';

/**
 * What StackOne's documentation leaves open, or what differs between its projects, as switches:
 * a client that is right under each of them relies on none.
 */
export const Settings = z.strictObject({
  /** `GET /accounts` answers a bare array; one of StackOne's guides shows `{data: [...]}`. */
  accountsEnvelope: z.enum(['array', 'data']),
  /** Whether `page` counts from 0, repeats the last page beyond the end, or holds one row less than asked for. */
  oddPaging: z.enum(['none', 'zero-based', 'repeat-last', 'short']),
  /** `GET /accounts` answers every tenant's rows, whatever owner was asked for. */
  ignoreOwnerFilter: z.boolean(),
  /** An older project has no `/auth_configs` and answers 404. */
  hasAuthConfigs: z.boolean(),
  /** `organization_id` is a number in the documents and a string in some answers. */
  organizationIdAsString: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  accountsEnvelope: 'array',
  oddPaging: 'none',
  ignoreOwnerFilter: false,
  hasAuthConfigs: true,
  organizationIdAsString: false,
};
