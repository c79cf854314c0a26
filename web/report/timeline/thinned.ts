/** Nearer than this no two are told apart, px. */
const NEAR = 4;

/** From left to right those that do not stand on the one before, and those that must not be missed. */
export function thinned<T>(
  all: readonly T[],
  xOf: (one: T) => number,
  isKept: (one: T) => boolean = () => false,
): T[] {
  let last = Number.NEGATIVE_INFINITY;
  return all.filter((one) => {
    if (!isKept(one) && xOf(one) - last < NEAR) return false;
    last = xOf(one);
    return true;
  });
}
