import { describe, expect, it } from "vitest";
import { openBench } from "../../src/app/scenario/bench.ts";
import { openJournal } from "../../src/journal/journal.ts";
import type { Fact } from "../../src/station/facts.ts";
import { runOn, scenario } from "./support.ts";

/** A scenario with more facts than are kept: what is forgotten neither came nor stayed away. */

const KEPT = 40;

async function failuresOf(expectation: string): Promise<string[]> {
  const text = scenario(`- wait: 1 h\n- expect: ${expectation}`, "central: { heartbeat: 1 min }\n");
  const events = await runOn(text, (setup) => openBench(setup, { keptFacts: KEPT }));
  return events.flatMap((e) => (e.kind === "scenarioEnded" ? e.result.failures : [])).map((f) => f.message);
}

describe("what has been since the start, where the first facts are forgotten", () => {
  const unknown = (what: string) => [
    `Whether message ${what} came cannot be said: too much has come since then`,
  ];

  it.each([
    ["none", "{ message: BootNotification, count: 0, since: start, within: 1 s }", "BootNotification"],
    ["at most so many", "{ message: Heartbeat, count: 1..100, since: start }", "Heartbeat"],
    ["absence", "{ message: BootNotification, since: start, absent: 1 s }", "BootNotification"],
    ["something that comes no more", "{ message: BootNotification, since: start }", "BootNotification"],
  ])("%s is not said", async (_, expectation, what) => {
    expect(await failuresOf(expectation)).toEqual(unknown(what));
  });

  it.each([
    ["that it came", "{ message: Heartbeat, since: start }", []],
    ["that it came often enough", "{ message: Heartbeat, count: 5.., since: start }", []],
    [
      "that it came too often",
      "{ message: Heartbeat, count: 1, since: start }",
      [expect.stringMatching(/at most 1 expected$/)],
    ],
    [
      "that it was not absent",
      "{ message: Heartbeat, since: start, absent: 1 s }",
      [expect.stringMatching(/^message Heartbeat came, and it must not/)],
    ],
  ])("%s is", async (_, expectation, failures) => {
    expect(await failuresOf(expectation)).toEqual(failures);
  });
});

it("a journal in memory gives what came after a place, and what it still has of it", () => {
  const journal = openJournal({ ringSize: 3 });
  const fact = {
    kind: "power",
    event: "up",
    station: "A",
    source: "station",
    time: "",
  } as const satisfies Fact;
  for (let i = 0; i < 5; i++) journal.append(fact);
  const seqs = (afterSeq?: number) =>
    journal.query(afterSeq === undefined ? {} : { afterSeq }).map(({ seq }) => seq);
  expect([seqs(), seqs(0), seqs(1), seqs(3), seqs(3.5), seqs(5), seqs(-2)]).toEqual([
    [3, 4, 5],
    [3, 4, 5],
    [3, 4, 5],
    [4, 5],
    [4, 5],
    [],
    [3, 4, 5],
  ]);
});
