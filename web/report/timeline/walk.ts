import type { Lane } from "./lanes.ts";

/** Something on a lane that can be gone to. */
export interface Stop {
  readonly order: number;
  /** Indexes of the fact or step that it stands for. */
  readonly fact?: number | undefined;
  readonly step?: number | undefined;
}

/** A place in the walk: which lane, and the how-many-eth stop on it. */
export interface Place {
  readonly lane: number;
  readonly at: number;
}

/** What can be gone to, lane by lane, each from left to right. */
export const stopsOf = (lanes: readonly Lane[]): Stop[][] =>
  lanes.map(({ items, spans }) =>
    [
      ...items.map(({ order, fact }) => ({ order, fact })),
      ...spans.map(({ from, fact, step }) => ({ order: from, fact, step })),
    ].sort((a, b) => a.order - b.order),
  );

/** Where a key leads: along the lane, or to what is nearest on another. Undefined: it is no key of the walk. */
export function walk(stops: readonly (readonly Stop[])[], from: Place, key: string): Place | undefined {
  const lane = stops[from.lane] ?? [];
  const last = lane.length - 1;
  if (key === "ArrowRight") return { ...from, at: Math.min(last, from.at + 1) };
  if (key === "ArrowLeft") return { ...from, at: Math.max(0, from.at - 1) };
  if (key === "Home") return { ...from, at: 0 };
  if (key === "End") return { ...from, at: last };
  if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
  const by = key === "ArrowUp" ? -1 : 1;
  let next = from.lane + by;
  while (stops[next]?.length === 0) next += by;
  const others = stops[next];
  return others === undefined ? from : { lane: next, at: nearest(others, lane[from.at]?.order ?? 0) };
}

function nearest(stops: readonly Stop[], order: number): number {
  const distance = (stop: Stop | undefined) => Math.abs((stop?.order ?? 0) - order);
  return stops.reduce((best, stop, i) => (distance(stop) < distance(stops[best]) ? i : best), 0);
}

/** The place of a fact, or else of a step. */
export function placeOf(
  stops: readonly (readonly Stop[])[],
  { fact, step }: Pick<Stop, "fact" | "step">,
): Place | undefined {
  return (
    find(stops, (stop) => fact !== undefined && stop.fact === fact) ??
    find(stops, (stop) => step !== undefined && stop.step === step)
  );
}

function find(stops: readonly (readonly Stop[])[], is: (stop: Stop) => boolean): Place | undefined {
  for (const [lane, all] of stops.entries()) {
    const at = all.findIndex(is);
    if (at >= 0) return { lane, at };
  }
  return undefined;
}

/** Where the walk begins. */
export function firstPlace(stops: readonly (readonly Stop[])[]): Place {
  return {
    lane: Math.max(
      0,
      stops.findIndex((lane) => lane.length > 0),
    ),
    at: 0,
  };
}
