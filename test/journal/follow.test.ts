import { renameSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followJournal } from "../../src/journal/follow.ts";
import { openJournal } from "../../src/journal/journal.ts";
import type { JournalEntry, JournalQuery } from "../../src/journal/types.ts";
import { openDatabase } from "../../src/store/sqlite.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { endProcesses, scratch, startProcess } from "../store/support.ts";
import { numbered } from "./support.ts";

const script = fileURLToPath(new URL("./journal-process.mjs", import.meta.url));

describe("followJournal", () => {
  let place: ReturnType<typeof scratch>;
  let path: string;
  beforeEach(() => {
    place = scratch();
    path = place.path("journal.db");
  });
  afterEach(() => {
    endProcesses();
    place.remove();
  });

  /** A follower on simulated time: `next` gives the next fact, moving time on until there is one. */
  const follow = (query: JournalQuery = {}) => {
    const clock = new SimulatedClock();
    const abort = new AbortController();
    const entries = followJournal(path, query, { clock, signal: abort.signal })[Symbol.asyncIterator]();
    let asked = false;
    let result: IteratorResult<JournalEntry> | undefined;
    const look = async (): Promise<string | undefined> => {
      if (!asked) {
        void entries.next().then((r) => {
          result = r;
        });
      }
      asked = true;
      await clock.advance(100);
      if (result === undefined) return undefined;
      const { done, value } = result;
      asked = false;
      result = undefined;
      return done === true ? "end" : `${value.seq} ${value.kind === "control" ? value.args[0] : value.kind}`;
    };
    return { look, abort, clock };
  };

  it("waits for the file, then gives each fact as it comes, and ends when told", async () => {
    const { look, abort, clock } = follow();
    expect(await look()).toBeUndefined();
    const empty = openDatabase({ path, kind: "journal", migrations: [] });
    expect(await look()).toBeUndefined();
    empty.close();
    const journal = openJournal({ path });
    expect(await look()).toBeUndefined();
    journal.append(numbered(1));
    journal.append(numbered(2));
    journal.flush();
    expect([await look(), await look(), await look()]).toEqual(["1 CARD1", "2 CARD2", undefined]);
    journal.append(numbered(3));
    journal.flush();
    expect(await look()).toBe("3 CARD3");
    expect(await look()).toBeUndefined();
    abort.abort();
    expect(await look()).toBe("end");
    expect(clock.pending).toBe(0);
    journal.close();
  });

  it("begins with the newest when asked, and passes over what does not match", async () => {
    const journal = openJournal({ path });
    for (let n = 1; n <= 1200; n++) journal.append(numbered(n));
    journal.flush();
    const tail = follow({ last: 2 });
    const some = follow({ token: "CARD1201" });
    const all = follow({ afterSeq: 100 });
    expect([await tail.look(), await tail.look(), await tail.look()]).toEqual([
      "1199 CARD1199",
      "1200 CARD1200",
      undefined,
    ]);
    expect(await some.look()).toBeUndefined();
    for (let n = 101; n <= 1200; n++) expect(await all.look()).toBe(`${n} CARD${n}`);
    journal.append(numbered(1201));
    journal.flush();
    for (const one of [tail, some, all]) {
      expect([await one.look(), await one.look()]).toEqual(["1201 CARD1201", undefined]);
      one.abort.abort();
      expect(await one.look()).toBe("end");
    }
    journal.close();
  });

  it("begins anew when another file takes the place", async () => {
    const first = openJournal({ path });
    first.append(numbered(1));
    first.close();
    const { look, abort } = follow();
    expect([await look(), await look()]).toEqual(["1 CARD1", undefined]);
    for (const end of ["", "-wal", "-shm"]) {
      try {
        renameSync(`${path}${end}`, `${path}.aside${end}`);
      } catch {
        // Not each of them is there.
      }
    }
    expect(await look()).toBeUndefined();
    const second = openJournal({ path });
    second.append(numbered(7));
    second.flush();
    expect(await look()).toBe("1 CARD7");
    abort.abort();
    expect(await look()).toBe("end");
    second.close();
  });

  it("hears another process, in real time", async () => {
    const abort = new AbortController();
    startProcess(script, [path, "other", "300"]);
    const heard: number[] = [];
    for await (const entry of followJournal(path, {}, { signal: abort.signal, pollMs: 5 })) {
      heard.push(entry.seq);
      if (heard.length === 300) abort.abort();
    }
    expect(heard).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  });

  it("says when the file is none that it can read", async () => {
    openDatabase({ path, kind: "station", migrations: ["CREATE TABLE t (a)"] }).close();
    const entries = followJournal(path)[Symbol.asyncIterator]();
    await expect(entries.next()).rejects.toMatchObject({ code: "store.unreadable" });
  });
});
