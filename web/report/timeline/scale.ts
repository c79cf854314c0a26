/** Something that has a place on the axis. */
export interface Moment {
  /** Its place in the order of everything that happened. */
  readonly order: number;
  /** On the scenario's clock, ms since the epoch. */
  readonly ms: number;
  /** How much room it wants on an even scale, units. */
  readonly room: number;
}

/** Time in which nothing happened, drawn shorter than it was. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly ms: number;
}

/** Where moments stand, units from the left. */
export interface Scale {
  readonly kind: "even" | "true";
  readonly length: number;
  at(order: number): number;
  readonly gaps: readonly Gap[];
  /** Places that a tick may name, in order, with the time since the first moment. */
  readonly marks: readonly { readonly x: number; readonly ms: number }[];
}

/** From here on nothing happening is a gap, ms. */
const GAP_MS = 1000;
/** The widest gap, units. */
const MAX_GAP = 7;

/**
 * Moments one after the other, each with its room, however close they are in time: in virtual time a whole exchange
 * takes none. Gaps grow with the logarithm of their length.
 */
export function evenScale(moments: readonly Moment[]): Scale {
  const places = new Map<number, number>();
  const gaps: Gap[] = [];
  const marks: { x: number; ms: number }[] = [];
  const first = moments[0]?.ms ?? 0;
  let x = 0;
  let last = first;
  for (const { order, ms, room } of moments) {
    const passed = ms - last;
    if (passed >= GAP_MS) {
      const to = x + gapWidth(passed);
      gaps.push({ from: x, to, ms: passed });
      x = to;
    }
    x += room / 2;
    places.set(order, x);
    if (marks.length === 0 || passed > 0) marks.push({ x, ms: ms - first });
    x += room / 2;
    last = Math.max(last, ms);
  }
  return { kind: "even", length: Math.max(1, x), at: (order) => places.get(order) ?? 0, gaps, marks };
}

const gapWidth = (ms: number): number => Math.min(MAX_GAP, 1.5 + Math.log2(ms / GAP_MS) / 2);

/** As time went by; a unit is a millisecond. */
export function trueScale(moments: readonly Moment[]): Scale {
  const first = moments[0]?.ms ?? 0;
  const places = new Map(moments.map(({ order, ms }) => [order, Math.max(0, ms - first)]));
  const length = Math.max(1, ...places.values());
  return { kind: "true", length, at: (order) => places.get(order) ?? 0, gaps: [], marks: [] };
}

const STEPS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  .concat([1, 2, 5, 10, 15, 30].map((s) => s * 1000))
  .concat([1, 2, 5, 10, 15, 30].map((min) => min * 60_000))
  .concat([1, 2, 3, 6, 12, 24, 48, 168].map((h) => h * 3_600_000));

/** Ticks at least `minPx` apart between two places, with the time since the beginning that each of them names. */
export function ticks(
  scale: Scale,
  pxPerUnit: number,
  minPx: number,
  fromX = 0,
  toX = scale.length,
): { x: number; ms: number }[] {
  if (scale.kind === "true") return evenTicks(minPx / pxPerUnit, fromX, Math.min(toX, scale.length));
  const kept: { x: number; ms: number }[] = [];
  for (const mark of scale.marks) {
    const before = kept.at(-1);
    if (before === undefined || (mark.x - before.x) * pxPerUnit >= minPx) kept.push(mark);
  }
  return kept.filter(({ x }) => x >= fromX && x <= toX);
}

function evenTicks(minMs: number, from: number, to: number): { x: number; ms: number }[] {
  const step = STEPS_MS.find((ms) => ms >= minMs) ?? Math.ceil(minMs / 86_400_000) * 86_400_000;
  const found: { x: number; ms: number }[] = [];
  for (let ms = Math.floor(from / step) * step; ms <= to; ms += step) found.push({ x: ms, ms });
  return found;
}
