import type { JournalEntry } from "../../src/journal/types.ts";
import type { Fact, FactBody, FactSource } from "../../src/station/facts.ts";

/** A fact at a fixed time. */
export function fact(
  body: FactBody,
  source: FactSource = "station",
  time = "2030-01-01T10:00:00.000Z",
): Fact {
  return { ...body, time, station: "CP001", source };
}

/** Facts as entries of a journal, a second apart. */
export function entries(
  ...bodies: readonly (FactBody & { source?: FactSource; station?: string })[]
): JournalEntry[] {
  return bodies.map((body, i) => ({
    source: "station",
    station: "CP001",
    ...body,
    time: new Date(Date.parse("2030-01-01T10:00:00.000Z") + i * 1000).toISOString(),
    seq: i + 1,
  }));
}
