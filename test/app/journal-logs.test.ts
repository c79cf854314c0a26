import { expect, it } from "vitest";
import { JournalLogs } from "../../src/app/journal-logs.ts";
import { openJournal } from "../../src/journal/journal.ts";
import type { Fact } from "../../src/station/facts.ts";
import { SimulatedClock } from "../../src/util/clock.ts";

const fact = (n: number, more: Partial<Fact> = {}): Fact =>
  ({
    kind: "control",
    verb: String(n),
    args: [],
    time: new Date(Date.parse("2030-01-01T00:00:00Z") + n * 1000).toISOString(),
    station: "CP1",
    source: "station",
    ...more,
  }) as Fact;

function journal(count: number) {
  const made = openJournal({ clock: new SimulatedClock() });
  for (let n = 0; n < count; n++) made.append(fact(n));
  return made;
}

const verbs = (lines: Iterable<string>) => [...lines].map((line) => JSON.parse(line).verb);

it("has what this station noted itself, in order and in portions", () => {
  const made = journal(1234);
  made.append(fact(1, { station: "CP2" }));
  made.append(fact(2, { source: "central" }));
  const logs = new JournalLogs(made, "CP1");
  expect(verbs(logs.read({}))).toEqual(Array.from({ length: 1234 }, (_, n) => String(n)));
  expect(new JournalLogs(made, "CP2").has({})).toBe(true);
  expect(new JournalLogs(made, "CP3").has({})).toBe(false);
});

it("includes both ends of a period", () => {
  const logs = new JournalLogs(journal(10), "CP1");
  const at = (n: number) => Date.parse("2030-01-01T00:00:00Z") + n * 1000;
  expect(verbs(logs.read({ from: at(3), to: at(5) }))).toEqual(["3", "4", "5"]);
  expect(verbs(logs.read({ from: at(8) }))).toEqual(["8", "9"]);
  expect(logs.has({ from: at(10) })).toBe(false);
});

it("ends where it began to be read, however much is noted meanwhile", () => {
  const made = journal(3);
  const read: string[] = [];
  for (const line of new JournalLogs(made, "CP1").read({})) {
    read.push(line);
    made.append(fact(100 + read.length));
  }
  expect(verbs(read)).toEqual(["0", "1", "2"]);
});
