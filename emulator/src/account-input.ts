import { z } from 'zod';

const textSchema = z.string().min(1);
const timestampSchema = z.iso.datetime({ offset: true });

/** The fields of an account that a test can set. */
export const accountPatchSchema = z
  .strictObject({
    provider: textSchema,
    status: textSchema,
    status_reasons: z.array(
      z.strictObject({
        code: z.string().nullish(),
        description: z.string().nullish(),
        timestamp: timestampSchema,
      }),
    ),
    origin_owner_id: textSchema,
    origin_owner_name: textSchema,
    origin_username: z.string().nullable(),
    label: z.string().nullable(),
    type: z.string().nullable(),
    credentials: z.record(z.string(), z.string()),
    created_at: timestampSchema,
    updated_at: timestampSchema,
  })
  .exactPartial();
/** A new account needs a provider and an owner. */
export const accountSeedSchema = accountPatchSchema.extend({
  id: textSchema.exactOptional(),
  provider: textSchema,
  origin_owner_id: textSchema,
  origin_owner_name: textSchema,
});
