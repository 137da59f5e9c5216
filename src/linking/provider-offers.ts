import type { Grants } from '../domain/grants.js';
import { type Category, type OfferedProvider, type Provider, ProviderAvailability } from '../domain/provider.js';
import { allowsProvider } from './policy.js';

/** The availability of a provider that the grants of the caller allow. */
export type AllowedAvailability = Exclude<ProviderAvailability, 'NOT_ALLOWED'>;

type Offer = Readonly<Record<ProviderAvailability, OfferedProvider>>;

/**
 * A catalog as callers see it. Nothing of a provider but its availability depends on the caller, so the objects are made
 * once for each catalog. The lists of callers who may connect every provider are frozen: they are counted once
 * (`ResponseBudget`).
 */
export class ProviderOffers {
  readonly #byKey: ReadonlyMap<string, Offer>;
  readonly #all: Readonly<Record<AllowedAvailability, readonly OfferedProvider[]>>;

  constructor(providers: readonly Provider[]) {
    const offers = providers.map(toOffer);
    this.#byKey = new Map(offers.map((offer) => [offer.AVAILABLE.key, offer]));
    this.#all = {
      AVAILABLE: Object.freeze(offers.map((offer) => offer.AVAILABLE)),
      LIMIT_REACHED: Object.freeze(offers.map((offer) => offer.LIMIT_REACHED)),
    };
  }

  /** @param category that the provider must have. StackOne does not state the categories of every provider */
  has(key: string, category?: Category): boolean {
    const categories = this.#byKey.get(key)?.AVAILABLE.categories;
    const hasAny = category === undefined || categories?.length === 0;
    return categories !== undefined && (hasAny || categories.includes(category));
  }

  list({ providers }: Grants, ifAllowed: AllowedAvailability): readonly OfferedProvider[] {
    if (providers === null) {
      return this.#all[ifAllowed];
    }
    const allowed = new Set(providers);
    return [...this.#byKey].map(
      ([key, offer]) => offer[allowed.has(key) ? ifAllowed : ProviderAvailability.NOT_ALLOWED],
    );
  }

  /** @returns null for a provider that is not in the catalog */
  find(key: string, grants: Grants, ifAllowed: AllowedAvailability): OfferedProvider | null {
    const availability = allowsProvider(grants, key) ? ifAllowed : ProviderAvailability.NOT_ALLOWED;
    return this.#byKey.get(key)?.[availability] ?? null;
  }
}

function toOffer(provider: Provider): Offer {
  return {
    AVAILABLE: { ...provider, availability: ProviderAvailability.AVAILABLE },
    NOT_ALLOWED: { ...provider, availability: ProviderAvailability.NOT_ALLOWED },
    LIMIT_REACHED: { ...provider, availability: ProviderAvailability.LIMIT_REACHED },
  };
}
