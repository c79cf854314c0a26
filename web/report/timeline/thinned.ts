/** Nearer than this no two are told apart, px. */
const NEAR = 4;

/**
 * From left to right those that do not stand on the one before, and those that must not be missed; with `takesPlace`
 * these stand in the place of another that they would cover.
 */
export function thinned<T>(
  all: readonly T[],
  xOf: (one: T) => number,
  isKept: (one: T) => boolean = () => false,
  takesPlace = true,
): T[] {
  const drawn: T[] = [];
  for (const one of all) {
    const last = drawn.at(-1);
    const covers = last !== undefined && xOf(one) - xOf(last) < NEAR;
    if (covers && !isKept(one)) continue;
    if (covers && takesPlace && !isKept(last)) drawn.pop();
    drawn.push(one);
  }
  return drawn;
}
