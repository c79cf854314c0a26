/** How one property of a fingerprint is compared, and how much its agreement says. */
export interface Trait<F> {
  readonly weight: number;
  /** What agrees, for a person; undefined when it does not. */
  fits(wanted: string, facts: F): string | undefined;
}

/** How well a device agrees, of 100, and in what. */
export interface Agreement {
  readonly score: number;
  readonly why: string;
}

/** A table of traits, each under the fingerprint's key for it. */
export type Traits<F> = Readonly<Record<string, Trait<F>>>;

/** Compares a device with a fingerprint, in which everything given must fit. */
function agreement<F>(fingerprint: object, facts: F, traits: Traits<F>): Agreement | undefined {
  const whys: string[] = [];
  let score = 0;
  for (const [key, wanted] of Object.entries(fingerprint)) {
    const trait = traits[key];
    const why = trait?.fits(String(wanted), facts);
    if (trait === undefined || why === undefined) return undefined;
    whys.push(why);
    score += trait.weight;
  }
  return { score: Math.min(score, 100), why: whys.join(", ") };
}

/** A definition that fits a device: how well, and by what. */
export interface Match<D> extends Agreement {
  readonly definition: D;
}

/** All definitions that fit, the best first. */
export function matches<D extends { readonly match?: readonly object[] }, F>(
  definitions: readonly D[],
  facts: F,
  traits: Traits<F>,
): Match<D>[] {
  const found: Match<D>[] = [];
  for (const definition of definitions) {
    const [best] = (definition.match ?? [])
      .map((fingerprint) => agreement(fingerprint, facts, traits))
      .filter((one) => one !== undefined)
      .sort((a, b) => b.score - a.score);
    if (best !== undefined) found.push({ definition, ...best });
  }
  return found.sort((a, b) => b.score - a.score);
}

/** A trait of USB ids. */
export function usbId<K extends "vendorId" | "productId">(
  key: K,
  word: string,
  weight: number,
): Trait<{ readonly [P in K]?: string | undefined }> {
  return { weight, fits: (wanted, facts) => (facts[key] === wanted ? `USB ${word} ${wanted}` : undefined) };
}
