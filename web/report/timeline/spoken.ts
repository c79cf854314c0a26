import { frameLine } from "../../../src/journal/lines/frames.ts";
import { renderFact } from "../../../src/journal/lines/render.ts";
import type { JournalEntry } from "../../../src/journal/types.ts";
import { noColors as plain } from "../../../src/report/failure-lines.ts";
import type { Part } from "../data.ts";
import { durationText, sinceText } from "../time.ts";
import type { Item, Lane, Span } from "./lanes.ts";

/** An item in words, for those who do not see where it stands, and while the mouse rests on it. */
export function spokenItem(item: Item, lane: Lane, fact: JournalEntry | undefined, since: number): string {
  if (fact === undefined) return item.label;
  const line = fact.kind === "frame" ? frameLine(fact, plain) : renderFact(fact, plain);
  return [line ?? item.label, lane.spoken ?? lane.name, sinceText(fact.time, since)].join(", ");
}

/** "wait 10 s, step, failed, from +1.000 s for 10.0 s". */
export function spokenSpan(
  { label, step, fact }: Span,
  lane: Lane,
  { steps, facts }: Part,
  since: number,
  spent: number,
): string {
  const of = steps[step ?? -1];
  const time = of?.beganAt ?? facts[fact ?? -1]?.time;
  return [
    label,
    lane.spoken ?? lane.name,
    of === undefined ? undefined : (of.outcome ?? "never ended"),
    time === undefined ? undefined : `from ${sinceText(time, since)}`,
    of?.ms === undefined || spent === 0 ? undefined : `for ${durationText(of.ms)}`,
  ]
    .filter((part) => part !== undefined)
    .join(", ");
}
