import type { ServerErrorCode } from '../core/failure.js';
import type { Category, LinkedAccountStatus, ProviderAvailability, UserErrorCode } from '../generated/operations.js';

/** A message for the user. */
export interface FailureMessage {
  readonly title: string;
  readonly text: string;
}

/** One text for each plural form of the language. `#` stands for the number. */
export type Plural = { readonly [Form in Intl.LDMLPluralRule]?: string } & { readonly other: string };

/** Gets a name, such as that of a provider or an account. */
type Named = (name: string) => string;

/** All texts for users, in one language. A language without one of them does not compile. */
export interface ConnectLabels {
  /** The language of the texts, for dates, numbers and plurals. Example: `de`. */
  readonly language: string;

  /** Status while the session is being created. */
  readonly opening: string;
  /** Status while the Hub is open. */
  readonly open: string;
  /** Status while the server checks the account. */
  readonly confirming: string;
  /** Status after the account is linked. */
  readonly linked: string;
  /** Button that starts again or reads again. */
  readonly startAgain: string;
  /** Button that confirms the reported account again. */
  readonly confirmAgain: string;
  /** Heading when an account of the provider is linked. The user chooses to update it or to connect another one. */
  readonly alreadyLinked: string;
  /** Button that re-links an account. */
  readonly update: string;
  /** Label of the field for the name of another account. */
  readonly accountName: string;
  /** Example of a name. */
  readonly nameHint: string;
  /** Button that connects another account. */
  readonly connectAnother: string;
  /** Button that opens the field for the name of the first account. */
  readonly nameAccount: string;
  /** Label of the field for the name of the first account. */
  readonly firstAccountName: string;
  /** Button that connects the first account with the name. */
  readonly continue: string;
  /** Shown in the sign-in window until the provider's page is known. */
  readonly signInWaiting: string;
  /** Shown when the browser has blocked the sign-in window. */
  readonly signInBlocked: string;
  /** Button that opens the blocked window. */
  readonly continueSignIn: string;
  /** Accessible name of the button that closes the dialog. */
  readonly close: string;
  /** Button that the Hub shows after a success. */
  readonly done: string;
  /** Status when the user chooses a provider in the Hub. StackOne then updates an account that is linked. */
  readonly updatesLinked: string;

  /** Titles of the dialogs, with the name of a provider or an account. */
  readonly connectTitle: Named;
  readonly connectAnotherTitle: Named;
  readonly reconnectTitle: Named;
  readonly disconnectTitle: Named;
  /** What a removal does. */
  readonly disconnectText: string;
  readonly cancel: string;
  readonly disconnecting: string;

  readonly connections: string;
  readonly noConnections: string;
  readonly noConnectionsText: string;
  readonly needAttention: Plural;
  /** With the number of linked accounts and the limit of the plan. */
  readonly limit: (used: string, limit: string) => string;
  readonly status: Readonly<Record<LinkedAccountStatus, string>>;
  /** Follows the status of an account that the server has confirmed since the page was loaded. */
  readonly verified: string;
  /** Who linked an account and when. Null: unknown. */
  readonly linkedDetails: (by: string | null, day: string | null) => string;
  readonly reconnect: string;
  readonly disconnect: string;

  readonly catalog: string;
  readonly integrations: Plural;
  readonly search: string;
  readonly searchHint: string;
  readonly category: string;
  readonly allCategories: string;
  readonly categories: Readonly<Record<Category, string>>;
  readonly connect: string;
  /** Button of a provider with a linked account. Short. */
  readonly another: string;
  readonly connected: Plural;
  /** Card that opens the Hub with all providers. */
  readonly browseTitle: string;
  readonly browseText: string;
  readonly browse: string;
  /** Instead of the catalog when no provider is enabled. */
  readonly noProviders: string;
  readonly noResults: string;
  readonly noResultsText: string;
  readonly showAll: string;
  /** Card that calls `requestIntegration`. */
  readonly requestTitle: string;
  readonly requestText: string;
  readonly request: string;
  /** Why the user cannot connect a provider. */
  readonly unavailable: Readonly<Record<Exclude<ProviderAvailability, 'AVAILABLE'> | 'NO_PERMISSION', string>>;
  readonly loading: string;
  /** Follows the reason why the last read failed. */
  readonly stale: string;
  readonly dismiss: string;

  /** Announcements, with the name of an account. */
  readonly nowConnected: Named;
  readonly nowDisconnected: Named;
  readonly notDisconnected: Named;
  readonly wasConnected: Named;
  readonly wasDisconnected: Named;
  readonly stoppedWorking: Named;
  readonly worksAgain: Named;
  readonly severalChanged: Plural;

  /** Failures without a response of the server, or with problems that the user can fix. */
  readonly refusedTitle: string;
  /** Null: the messages of the server, which are in English. */
  readonly userErrors: Readonly<Record<UserErrorCode, string>> | null;
  readonly unreachable: FailureMessage;
  /** Instead of the text of `unreachable` when another server has responded. */
  readonly wrongServer: string;
  readonly hubNotLoaded: FailureMessage;
  readonly sessionExpired: FailureMessage;
  readonly notLinkedTitle: string;
  /** Sentences about the status of an account that could not be linked. */
  readonly notLinked: Readonly<Record<LinkedAccountStatus, string>>;
  readonly checkDetails: string;
  readonly unconfirmedTitle: string;
  readonly unconfirmedText: string;
  /** GraphQL errors. Other codes have the title `unexpectedTitle`. */
  readonly serverErrors: Readonly<Record<DescribedCode, FailureMessage>>;
  readonly unexpectedTitle: string;
  /** Null: the message of the server, which is in English. */
  readonly unexpectedText: string | null;
  /** With the seconds to wait. */
  readonly tryAgainIn: Plural;
  /** Distinguishes accounts without a label, with the day or null. */
  readonly linkedOn: (day: string | null) => string;
}

/** The codes with a message of their own. The others are mistakes of a developer. */
export type DescribedCode = Exclude<
  ServerErrorCode,
  | 'BAD_USER_INPUT'
  | 'UNTRUSTED_DOCUMENT'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'INTERNAL_SERVER_ERROR'
>;

/** Replaces any of the texts; in a group such as `status`, any of the group. */
export type LabelChanges = {
  readonly [Name in keyof ConnectLabels]?: NonNullable<ConnectLabels[Name]> extends Readonly<Record<string, string>>
    ? Partial<ConnectLabels[Name]>
    : ConnectLabels[Name];
};

/** The languages that the package has texts for. */
export type Language = 'en' | 'de' | 'fr' | 'es' | 'it' | 'ja';
