/** Any key that StackOne's catalog can contain: capitals, dots, underscores and `@version` included. */
export const providerKeyPattern = /^[\x21-\x7e]{1,128}$/;

/** A kind of system. The values are StackOne's own identifiers. */
export const Category = {
  ATS: 'ats',
  HRIS: 'hris',
  HRIS_LEGACY: 'hris-legacy',
  CRM: 'crm',
  IAM: 'iam',
  MARKETING: 'marketing',
  LMS: 'lms',
  STACKONE: 'stackone',
  DOCUMENTS: 'documents',
  TICKETING: 'ticketing',
  SCREENING: 'screening',
  MESSAGING: 'messaging',
  ACCOUNTING: 'accounting',
  SCHEDULING: 'scheduling',
} as const;
export type Category = (typeof Category)[keyof typeof Category];

/** Whether a caller can connect a provider. */
export const ProviderAvailability = {
  AVAILABLE: 'AVAILABLE',
  NOT_ALLOWED: 'NOT_ALLOWED',
  LIMIT_REACHED: 'LIMIT_REACHED',
} as const;
export type ProviderAvailability = (typeof ProviderAvailability)[keyof typeof ProviderAvailability];

/** A system that customers can connect, because the StackOne project has enabled it. */
export interface Provider {
  readonly key: string;
  readonly name: string;
  readonly categories: readonly Category[];
  /** An `https:` or `data:image/` URL. */
  readonly logoUrl: string | null;
}

/** A provider as one caller sees it. */
export interface OfferedProvider extends Provider {
  readonly availability: ProviderAvailability;
}
