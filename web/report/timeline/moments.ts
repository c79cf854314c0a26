import type { JournalEntry } from "../../../src/journal/types.ts";
import type { ScenarioPart } from "../data.ts";
import { isOnTimeline } from "./lanes.ts";
import type { Moment } from "./scale.ts";

/** Room of a step's boundary, units: it shall not touch what it holds. */
const BOUNDARY = 0.4;

/** Room of the end of a step that did not pass, units: what it is shall be read. */
const WRONG = 6;

/** Room of a letter of a label, units. */
const LETTER = 0.52;

/** Everything that has a place on the axis, in order. */
export function momentsOf({ facts, order, steps }: ScenarioPart): Moment[] {
  const before: Record<string, string | undefined> = {};
  const found: Moment[] = facts.map((fact, i) => ({
    order: order[i] ?? 0,
    ms: Date.parse(fact.time),
    room: roomOf(fact, before),
  }));
  for (const { began, beganAt, ended, endedAt, outcome } of steps) {
    found.push({ order: began, ms: Date.parse(beganAt), room: BOUNDARY });
    if (ended === undefined) continue;
    const room = outcome === "failed" || outcome === "error" ? WRONG : BOUNDARY;
    found.push({ order: ended, ms: Date.parse(endedAt ?? beganAt), room });
  }
  found.sort((a, b) => a.order - b.order);
  // What has no time that can be read stands with what came before it.
  let last = found.find(({ ms }) => !Number.isNaN(ms))?.ms ?? 0;
  return found.map((moment) => {
    if (!Number.isNaN(moment.ms)) last = moment.ms;
    return { ...moment, ms: last };
  });
}

/** A CALL has room for its action's name, unless the one before it on its lane was of the same. */
function roomOf(fact: JournalEntry, before: Record<string, string | undefined>): number {
  if (!isOnTimeline(fact)) return 0;
  if (fact.kind !== "frame" || fact.messageType !== "CALL" || fact.action === undefined) return 1;
  const isRepeated = before[fact.direction] === fact.action;
  before[fact.direction] = fact.action;
  return isRepeated ? 1 : Math.max(1, fact.action.length * LETTER);
}
