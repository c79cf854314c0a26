import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "../../src/journal/journal.ts";
import type { Journal, JournalEntry, JournalQuery } from "../../src/journal/types.ts";
import type { Fact } from "../../src/station/facts.ts";
import { appErrorOf, scratch } from "../store/support.ts";
import { access, call, fact, numbered, presented, result, verdict } from "./support.ts";

const token = "04A2241BC85E80";

/** A short story: a tap, its Authorize, a verdict, a transaction in 1.6 and in 2.0.1, a fault. */
const story: readonly Fact[] = [
  fact(presented, 0),
  fact(call("Authorize", { idTag: token }), 10),
  fact(access, 15, { source: "central" }),
  fact(result("Authorize", { idTagInfo: { status: "Accepted" } }), 20),
  fact(verdict, 30),
  fact(call("StartTransaction", { connectorId: 1, idTag: token.toLowerCase(), meterStart: 0 }), 40),
  fact(call("TransactionEvent", { idToken: { idToken: token, type: "ISO14443" } }), 50, { station: "CP002" }),
  fact(call("Reset", { type: "Soft" }, "in", "c1"), 60),
  fact({ kind: "fault", what: "reader", state: "raised" }, 70),
];

const seqs = (entries: readonly JournalEntry[]) => entries.map((e) => e.seq);

describe.each(["memory", "file"])("a journal in %s", (where) => {
  let place: ReturnType<typeof scratch>;
  let journal: Journal;
  beforeEach(() => {
    place = scratch();
    journal = openJournal(where === "file" ? { path: place.path("data/journal.db") } : {});
  });
  afterEach(() => {
    journal.close();
    place.remove();
  });

  const queries: readonly (readonly [string, JournalQuery, readonly number[]])[] = [
    ["nothing: all", {}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ["a kind", { kinds: ["verdict"] }, [5]],
    ["several kinds", { kinds: ["fault", "card"] }, [1, 9]],
    ["no kind at all", { kinds: [] }, []],
    ["a station", { station: "CP002" }, [7]],
    ["a source", { source: "central" }, [3]],
    ["an action: the CALL and its answer, in any case", { action: "authorize" }, [2, 4]],
    ["a direction", { direction: "in" }, [4, 8]],
    [
      "a token: card, frames of all dialects, verdict, access",
      { token: "04a2241bc85E80" },
      [1, 2, 3, 5, 6, 7],
    ],
    ["half a token: nothing", { token: "04A2241B" }, []],
    ["a token that looks like a pattern", { token: "%" }, []],
    [
      "times: from inclusive, to exclusive",
      { since: "2030-01-01T00:00:00.020Z", until: "2030-01-01T00:00:00.040Z" },
      [4, 5],
    ],
    ["times with a zone", { since: "2030-01-01T02:00:00.060+02:00" }, [8, 9]],
    ["what comes after a place", { afterSeq: 7 }, [8, 9]],
    ["the newest", { last: 2 }, [8, 9]],
    ["the oldest", { first: 2 }, [1, 2]],
    ["none", { last: 0 }, []],
    ["the oldest of the newest", { last: 3, first: 1 }, [7]],
    ["the newest of a token and an action", { token, action: "Authorize", last: 1 }, [2]],
    [
      "everything at once",
      {
        kinds: ["frame", "card"],
        station: "CP001",
        source: "station",
        action: "STARTTRANSACTION",
        direction: "out",
        token,
        since: "2029-12-31",
        until: "2031-01-01",
        afterSeq: 1,
        last: 5,
      },
      [6],
    ],
    ["portions of a time", { since: "2030-01-01T00:00:00.010Z", afterSeq: 3, first: 2 }, [4, 5]],
  ];
  it.each(queries)("asked for %s", (_, query, expected) => {
    for (const f of story) journal.append(f);
    expect(seqs(journal.query(query))).toEqual(expected);
  });

  it("gives facts back as they were, with their place", () => {
    for (const f of story) journal.append(f);
    expect(journal.query()).toEqual(story.map((f, i) => ({ ...f, seq: i + 1 })));
  });

  it("says which time is none", () => {
    expect(appErrorOf(() => journal.query({ since: "yesterday" }))).toMatchObject({
      code: "input.invalid",
      message: expect.stringContaining("yesterday"),
    });
  });

  it("finds tokens in frames that are no JSON, and keeps payloads of any depth out of the way", () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    journal.append(
      fact({ ...call("DataTransfer", {}), payload: JSON.parse(deep), raw: `[2,"x","DataTransfer",${deep}]` }),
    );
    journal.append(
      fact({ kind: "frame", direction: "in", messageType: "INVALID", raw: `[2,"x",{"idTag" : "BA\\u0044"` }),
    );
    journal.append(fact({ kind: "control", verb: "tap", args: ["cafe0001"] }));
    expect(seqs(journal.query({ action: "DataTransfer" }))).toEqual([1]);
    expect(seqs(journal.query({ token: "bad" }))).toEqual([2]);
    expect(seqs(journal.query({ token: "CAFE0001" }))).toEqual([3]);
  });

  it("tells subscribers at once, until they stop", () => {
    const heard: JournalEntry[] = [];
    const stop = journal.subscribe((entry) => heard.push(entry));
    journal.append(numbered(1));
    expect(heard).toEqual([{ ...numbered(1), seq: 1 }]);
    journal.flush();
    journal.append(numbered(2));
    stop();
    journal.append(numbered(3));
    expect(seqs(heard)).toEqual([1, 2]);
    expect(seqs(journal.query({ afterSeq: 1 }))).toEqual([2, 3]);
  });

  it("takes facts that a subscriber appends", () => {
    journal.subscribe((entry) => {
      if (entry.seq < 3) journal.append(numbered(entry.seq + 1));
    });
    journal.append(numbered(1));
    expect(journal.query().map((e) => e.kind === "control" && e.args[0])).toEqual([
      "CARD1",
      "CARD2",
      "CARD3",
    ]);
  });

  it("is silent after it was closed", () => {
    journal.close();
    journal.append(numbered(1));
    journal.flush();
    journal.close();
  });
});

describe("both journals", () => {
  it("give the same answers, whatever is asked", () => {
    const place = scratch();
    const memory = openJournal();
    const file = openJournal({ path: place.path("journal.db") });
    for (let i = 0; i < 5; i++) {
      for (const f of story) for (const journal of [memory, file]) journal.append(f);
    }
    const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
    const time = fc
      .integer({ min: -10, max: 100 })
      .map((ms) => new Date(Date.UTC(2030, 0, 1) + ms).toISOString());
    const query = fc.record({
      kinds: optional(fc.subarray(["card", "frame", "access", "verdict", "fault"] as const)),
      station: optional(fc.constantFrom("CP001", "CP002", "CP003")),
      source: optional(fc.constantFrom("station" as const, "central" as const)),
      action: optional(fc.constantFrom("Authorize", "starttransaction", "None")),
      direction: optional(fc.constantFrom("in" as const, "out" as const)),
      token: optional(fc.constantFrom(token, "04a2241bc85e80", "CAFE")),
      since: optional(time),
      until: optional(time),
      afterSeq: optional(fc.nat(50)),
      last: optional(fc.nat(50)),
      first: optional(fc.nat(50)),
    });
    fc.assert(
      fc.property(query, (given) => {
        const q = Object.fromEntries(
          Object.entries(given).filter(([, v]) => v !== undefined),
        ) as JournalQuery;
        expect(file.query(q)).toEqual(memory.query(q));
      }),
      { numRuns: 500 },
    );
    memory.close();
    file.close();
    place.remove();
  });
});

describe("a journal in memory", () => {
  it("keeps the newest facts only", () => {
    const journal = openJournal({ ringSize: 3 });
    for (let n = 1; n <= 10; n++) journal.append(numbered(n));
    expect(seqs(journal.query())).toEqual([8, 9, 10]);
    expect(journal.query({ token: "CARD9" })).toEqual([{ ...numbered(9), seq: 9 }]);
  });
});
