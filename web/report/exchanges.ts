import type { JournalEntry } from "../../src/journal/types.ts";

/** A CALL and its answer, as indexes of facts. */
export interface Exchange {
  readonly call: number;
  readonly answer: number;
}

/** Which CALL an answer belongs to: same side, other direction, same id, the newest that is open. */
export function exchangesOf(facts: readonly JournalEntry[]): Exchange[] {
  const open = new Map<string, number>();
  const found: Exchange[] = [];
  facts.forEach((fact, i) => {
    if (fact.kind !== "frame" || fact.messageId === undefined) return;
    const key = (direction: string) => `${fact.source} ${direction} ${fact.messageId}`;
    if (fact.messageType === "CALL") open.set(key(fact.direction), i);
    else if (fact.messageType.startsWith("CALL")) {
      const asked = key(fact.direction === "out" ? "in" : "out");
      const call = open.get(asked);
      open.delete(asked);
      if (call !== undefined) found.push({ call, answer: i });
    }
  });
  return found;
}
