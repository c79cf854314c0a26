import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type JournalOptions, openJournal, readJournal } from "../../src/journal/journal.ts";
import type { Journal, JournalEntry, JournalFault } from "../../src/journal/types.ts";
import { openDatabase } from "../../src/store/sqlite.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { appErrorOf, drain, endProcesses, scratch, startProcess } from "../store/support.ts";
import { call, fact, numbered } from "./support.ts";

const script = fileURLToPath(new URL("./journal-process.mjs", import.meta.url));
const seqs = (entries: readonly JournalEntry[]) => entries.map((e) => e.seq);
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a journal's file", () => {
  let place: ReturnType<typeof scratch>;
  let path: string;
  const opened: Journal[] = [];
  const open = (o: JournalOptions = {}) => {
    const journal = openJournal({ path, ...o });
    opened.push(journal);
    return journal;
  };
  beforeEach(() => {
    place = scratch();
    path = place.path("journal.db");
  });
  afterEach(() => {
    for (const journal of opened.splice(0)) journal.close();
    endProcesses();
    place.remove();
  });

  it("has a turn's facts after the turn, without being asked", async () => {
    const journal = open();
    const reader = readJournal(path);
    journal.append(numbered(1));
    journal.append(numbered(2));
    expect(reader.lastSeq()).toBe(0);
    await turn();
    expect(reader.lastSeq()).toBe(2);
    expect(reader.query({ first: 1 })).toEqual([{ ...numbered(1), seq: 1 }]);
    reader.close();
  });

  it("goes on where it ended, and can be read when nobody writes", () => {
    const before = open();
    before.append(numbered(1));
    before.close();
    const reader = readJournal(path);
    expect(seqs(reader.query())).toEqual([1]);
    reader.close();
    const after = open();
    after.append(numbered(2));
    expect(seqs(after.query())).toEqual([1, 2]);
  });

  it("takes facts of several processes, each one's in order", { timeout: 60_000 }, async () => {
    const names = ["a", "b", "c"];
    const outputs = names.map((name) => drain(startProcess(script, [path, name, "500"]).lines));
    await Promise.all(outputs);
    const reader = readJournal(path);
    const all = reader.query();
    reader.close();
    expect(seqs(all)).toEqual(Array.from({ length: 1500 }, (_, i) => i + 1));
    for (const name of names) {
      const own = all.filter((e) => e.station === name);
      expect(own.map((e) => e.kind === "control" && e.args[0])).toEqual(
        Array.from({ length: 500 }, (_, i) => `${name}-${i}`),
      );
    }
  });

  it("never gives a subscriber a higher place than the fact gets", () => {
    const [one, two] = [open(), open()];
    const heard: JournalEntry[] = [];
    one.subscribe((entry) => heard.push(entry));
    one.append(numbered(1));
    two.append(numbered(2));
    two.flush();
    one.append(numbered(3));
    const stored = one.query();
    expect(stored.map((e) => e.kind === "control" && e.args[0])).toEqual(["CARD2", "CARD1", "CARD3"]);
    for (const entry of heard) {
      const there = stored.find((e) => e.time === entry.time);
      expect(there?.seq).toBeGreaterThanOrEqual(entry.seq);
    }
    one.append(numbered(4));
    expect(heard.at(-1)?.seq).toBe(4);
  });

  it("keeps the newest facts, tokens included, and does not grow", () => {
    const journal = open({ keep: 2000 });
    const write = (from: number, to: number) => {
      for (let n = from; n <= to; n++) {
        journal.append(numbered(n));
        if (n % 100 === 0) journal.flush();
      }
    };
    write(1, 6000);
    const size = () => readFileSync(path).length;
    const { seq: first } = journal.query({ first: 1 })[0] ?? { seq: 0 };
    expect(first).toBeGreaterThan(6000 - 2000 - 200);
    expect(first).toBeLessThanOrEqual(6000 - 2000 + 1);
    expect(journal.query({ token: "CARD1" })).toEqual([]);
    expect(seqs(journal.query({ token: "CARD6000" }))).toEqual([6000]);
    journal.close();
    const before = size();
    const again = open({ keep: 2000 });
    for (let n = 6001; n <= 12_000; n++) again.append(numbered(n));
    again.close();
    expect(size()).toBeLessThan(2 * before + 4000 * 400);
    const counted = openDatabase({ path, kind: "journal", migrations: [""], readOnly: true });
    expect(counted.get<{ n: number }>("SELECT min(seq) AS n FROM token")?.n).toBe(
      counted.get<{ n: number }>("SELECT min(seq) AS n FROM fact")?.n,
    );
    counted.close();
  });

  it("says what is wrong with a file that it cannot use", () => {
    writeFileSync(path, "no journal\n".repeat(1000));
    expect(appErrorOf(() => open())).toMatchObject({
      code: "store.unreadable",
      hint: expect.stringContaining(path),
    });
    path = place.path("future.db");
    openDatabase({ path, kind: "journal", migrations: ["", ""] }).close();
    expect(appErrorOf(() => open()).code).toBe("store.futureVersion");
    expect(appErrorOf(() => readJournal(path)).code).toBe("store.futureVersion");
    expect(appErrorOf(() => readJournal(place.path("none.db"))).code).toBe("store.unreadable");
  });

  it("raises a fault once while it cannot write, keeps what it can, and clears it once", async () => {
    const clock = new SimulatedClock();
    const faults: JournalFault[] = [];
    const journal = open({ clock, ringSize: 10, onFault: (f) => faults.push(f) });
    journal.append(numbered(1));
    journal.flush();
    const other = openDatabase({ path, kind: "journal", migrations: [""] });
    other.exec("BEGIN IMMEDIATE");

    journal.append(numbered(2));
    await turn();
    journal.append(numbered(3));
    await turn();
    await clock.advance(1000);
    expect(faults).toMatchObject([{ state: "raised", error: { code: "store.locked" } }]);
    expect(seqs(journal.query())).toEqual([1, 2, 3]);
    expect(seqs(journal.query({ last: 2 }))).toEqual([2, 3]);
    for (let n = 4; n <= 30; n++) journal.append(numbered(n));

    other.exec("ROLLBACK");
    await clock.advance(1000);
    expect(faults).toMatchObject([{ state: "raised" }, { state: "cleared" }]);
    const lost = faults.find((f) => f.state === "cleared")?.lost ?? 0;
    expect(lost).toBeGreaterThan(0);
    const kept = journal.query().map((e) => e.kind === "control" && `${e.args[0]} at ${e.seq}`);
    expect(kept).toEqual(
      [1, ...Array.from({ length: 29 - lost }, (_, i) => i + 2 + lost)].map((n) => `CARD${n} at ${n}`),
    );
    journal.append(numbered(31));
    await turn();
    expect(faults).toHaveLength(2);
    expect(clock.pending).toBe(0);
    other.close();
  });

  it("lives through a full disk", async () => {
    open().close();
    const { lines } = startProcess(script, [path, "full", "20000"], "ulimit -f 400");
    expect(await drain(lines)).toEqual(["raised store.writeFailed"]);
    const journal = open();
    expect(journal.query().length).toBeGreaterThan(0);
    journal.append(numbered(1));
    expect(journal.query({ last: 1 })).toMatchObject([numbered(1)]);
  });

  it("stands a frame with more tokens than it indexes", () => {
    const journal = open();
    const list = Array.from({ length: 12_000 }, (_, i) => ({ idTag: `T${i}` }));
    journal.append(fact(call("SendLocalList", { localAuthorizationList: list }, "in")));
    expect(journal.query({ token: "t9999" })).toHaveLength(1);
    expect(journal.query({ token: "t11999" })).toHaveLength(0);
  });
});
