import type { IndexEntry } from "./data.ts";

/** A scenario's outcome as the report tells it; `broken`: the run ended before it did. */
export type Shown = "passed" | "flaky" | "failed" | "error" | "skipped" | "broken";

/** In the order in which they matter. */
export const outcomes: readonly Shown[] = ["failed", "error", "broken", "flaky", "passed", "skipped"];

export function shownOutcome({ outcome, retry }: Pick<IndexEntry, "outcome" | "retry">): Shown {
  if (outcome === undefined) return "broken";
  return outcome === "passed" && retry > 0 ? "flaky" : outcome;
}

export const isTrouble = (entry: Pick<IndexEntry, "outcome" | "retry">): boolean =>
  ["failed", "error", "broken"].includes(shownOutcome(entry));
