import { describe, expect, it } from "vitest";
import { openJournal } from "../../src/journal/journal.ts";
import { waiting } from "../../src/scenario/part.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { run, scenario } from "./support.ts";

/** Set-up and steps are one part of a scenario, the tear-down is another: what waits in one ends with it. */

describe("waiting", () => {
  const bench = () => {
    const clock = new SimulatedClock();
    return { clock, journal: openJournal({ clock }) };
  };
  const append = ({ journal }: ReturnType<typeof bench>) =>
    journal.append({
      kind: "power",
      station: "CP001",
      source: "station",
      time: new Date(0).toISOString(),
      event: "cut",
    });
  const going = () => new AbortController();

  it("is over when the fact comes, or the time, and leaves no timer", async () => {
    const b = bench();
    const seen = waiting(b, going().signal, 1000, ({ kind }) => kind === "power");
    append(b);
    expect(await seen).toBe(true);
    expect(b.clock.pending).toBe(0);
    const late = waiting(b, going().signal, 1000);
    await b.clock.advance(1000);
    expect(await late).toBe(false);
  });

  it("ends with the part, with its reason, and hears and times nothing any more", async () => {
    const b = bench();
    const part = going();
    let heard = 0;
    const see = (): boolean => {
      heard++;
      return false;
    };
    const all = [waiting(b, part.signal, 3_600_000, see), waiting(b, part.signal, 10)];
    append(b);
    part.abort(new Error("given up"));
    all.push(waiting(b, part.signal, 10));
    expect(await Promise.allSettled(all)).toEqual(
      all.map(() => ({ status: "rejected", reason: new Error("given up") })),
    );
    append(b);
    expect([heard, b.clock.pending]).toEqual([1, 0]);
  });

  it("fails with what looking at a fact fails with", async () => {
    const b = bench();
    const failing = waiting(b, going().signal, 1000, () => {
      throw new Error("cannot be looked at");
    });
    append(b);
    await expect(failing).rejects.toThrow("cannot be looked at");
    expect(b.clock.pending).toBe(0);
  });
});

it("a card whose tap is given up is taken away before the tear-down, which may tap another", async () => {
  const { events, failures } = await run(
    scenario(
      "- tap: { card: 04A2241BC85E80, for: 20 s }",
      [
        "timeout: 5 s",
        "teardown:",
        "  - tap: 04B3352CD96F91",
        "  - expect: { fact: card, with: { event: removed, uid: 04A2241BC85E80 }, absent: 30 s }",
        "",
      ].join("\n"),
    ),
  );
  expect(failures.map(({ message }) => message)).toEqual([expect.stringMatching(/^It took longer than 5 s/)]);
  const told = events.flatMap((e) => {
    if (e.kind === "stepBegan") return [e.step.path];
    return e.kind === "fact" && e.fact.kind === "card" ? [`${e.fact.event} ${String(e.fact.uid)}`] : [];
  });
  expect(told).toEqual([
    "steps.1",
    "presented 04A2241BC85E80",
    "removed 04A2241BC85E80",
    "teardown.1",
    "presented 04B3352CD96F91",
    "removed 04B3352CD96F91",
    "teardown.2",
  ]);
});

describe("a time-out side by side names the steps that are still under way, and what is around them all", () => {
  const branches = (second: string) =>
    scenario(
      [
        "- repeat:",
        "    times: 2",
        "    steps:",
        "      - parallel:",
        "          - - expect: { signal: accepted, within: 1 h }",
        `          - - ${second}`,
      ].join("\n"),
      "timeout: 5 s\n",
    );
  const stuck = async (text: string) =>
    (await run(text)).failures.map(({ message, around = [] }) => [message, ...around.map((a) => a.text)]);
  const expected = "It took longer than 5 s, at the step";

  it("not the one that began last and has ended", async () => {
    expect(await stuck(branches("wait: 1 s"))).toEqual([
      [
        `${expected} expect {signal: accepted, within: 1 h} (line 8)`,
        "in round 1 of 2 (repeat, line 4)",
        "in branch 1 of parallel (line 7)",
      ],
    ]);
  });

  it("all of them", async () => {
    expect(await stuck(branches("wait: 1 d"))).toEqual([
      [
        `${expected}s expect {signal: accepted, within: 1 h} (line 8) and wait 1 d (line 9)`,
        "in round 1 of 2 (repeat, line 4)",
      ],
    ]);
  });
});
