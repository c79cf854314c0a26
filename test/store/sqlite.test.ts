import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, type DatabaseOptions, openDatabase } from "../../src/store/sqlite.ts";
import { openStationStore } from "../../src/store/station-store.ts";
import { tokenEntry } from "../contracts/store.ts";
import { appErrorOf, scratch } from "./support.ts";

const v1 = "CREATE TABLE t (a TEXT PRIMARY KEY); INSERT INTO t VALUES ('one')";
const v2 = "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 7";

describe("openDatabase", () => {
  let place: ReturnType<typeof scratch>;
  let path: string;
  const opened: Database[] = [];
  const open = (o: Partial<DatabaseOptions> = {}) => {
    const db = openDatabase({ path, kind: "central", migrations: [v1], ...o });
    opened.push(db);
    return db;
  };
  beforeEach(() => {
    place = scratch();
    path = place.path("some/where/x.db");
  });
  afterEach(() => {
    for (const db of opened.splice(0)) db.close();
    place.remove();
  });

  it("makes the directory and the file, and brings an older one up to date", () => {
    open().close();
    expect(open({ migrations: [v1, v2] }).all("SELECT a, b FROM t")).toEqual([{ a: "one", b: 7 }]);
    expect(open({ migrations: [v1, v2] }).all("SELECT a FROM t")).toHaveLength(1);
  });

  it("leaves the file at its version when a migration fails half-way", () => {
    open().close();
    expect(appErrorOf(() => open({ migrations: [v1, `${v2}; INSERT nonsense`] })).code).toBe("internal");
    expect(open().all("SELECT * FROM t")).toEqual([{ a: "one" }]);
  });

  it("refuses a file of a newer tapstation and does not touch it", () => {
    open({ migrations: [v1, v2] }).close();
    const before = readFileSync(path);
    const error = appErrorOf(() => open());
    expect(error).toMatchObject({ code: "store.futureVersion", hint: expect.stringContaining(path) });
    expect(error.message).toContain("version 2");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("refuses what is no database, or not the right one", () => {
    open().close();
    expect(appErrorOf(() => open({ kind: "journal" }))).toMatchObject({
      code: "store.unreadable",
      message: expect.stringContaining("a central database"),
    });
    path = place.path("text.db");
    writeFileSync(path, "This is no database.\n".repeat(500));
    expect(appErrorOf(() => open())).toMatchObject({
      code: "store.unreadable",
      hint: expect.stringContaining(`Move ${path}`),
    });
    path = place.path("directory.db");
    mkdirSync(path);
    expect(appErrorOf(() => open()).message).toContain("is a directory");
  });

  it("refuses another program's database", () => {
    const db = open({ migrations: [] });
    db.exec("CREATE TABLE theirs (a)");
    db.close();
    expect(appErrorOf(() => open())).toMatchObject({
      code: "store.unreadable",
      message: expect.stringContaining("another program's"),
    });
  });

  it("finds damage in the middle of a station's store", () => {
    const store = openStationStore(path);
    const put = Array.from({ length: 2000 }, (_, i) => tokenEntry(`T${i}`));
    store.list.update({ full: true, version: 1, put, remove: [] });
    store.close();
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 5 * 4096, 15 * 4096);
    writeFileSync(path, bytes);
    const error = appErrorOf(() => openStationStore(path));
    expect(error).toMatchObject({
      code: "store.unreadable",
      hint: expect.stringContaining(`Move ${path}`),
    });
    expect(error.hint).toContain("transactions that were not sent yet");
  });

  it("takes a table that is not there for damage", () => {
    const db = open();
    db.exec("DROP TABLE t");
    expect(appErrorOf(() => db.all("SELECT * FROM t"))).toMatchObject({
      code: "store.unreadable",
      message: expect.stringContaining("is damaged"),
      hint: expect.stringContaining("users, cards and access modes"),
    });
  });

  it("says which directory cannot be made or written", () => {
    writeFileSync(place.path("file"), "");
    path = place.path("file/x.db");
    expect(appErrorOf(() => open())).toMatchObject({
      code: "store.writeFailed",
      message: expect.stringContaining(place.path("file")),
    });
    mkdirSync(place.path("closed"));
    chmodSync(place.path("closed"), 0o555);
    // For root no directory is closed but the kernel's.
    path = process.getuid?.() === 0 ? "/proc/x.db" : place.path("closed/x.db");
    expect(appErrorOf(() => open()).code).toBe("store.writeFailed");
    expect(appErrorOf(() => openStationStore(path)).code).toBe("store.writeFailed");
  });

  it("reads beside the writer, read-only, and only what was written", () => {
    expect(appErrorOf(() => open({ readOnly: true })).code).toBe("store.unreadable");
    const writer = open({ lock: true });
    const reader = open({ readOnly: true });
    writer.run("INSERT INTO t VALUES (?)", "two");
    expect(reader.all("SELECT a FROM t ORDER BY a")).toEqual([{ a: "one" }, { a: "two" }]);
    expect(appErrorOf(() => reader.run("DELETE FROM t")).code).toBe("store.writeFailed");
    expect(appErrorOf(() => open({ readOnly: true, migrations: [v1, v2] })).code).toBe("state.conflict");
  });

  it("lets one opener in that asks for the lock, until it closes", () => {
    const first = open({ lock: true });
    expect(appErrorOf(() => open({ lock: true })).code).toBe("store.locked");
    first.close();
    first.close();
    open({ lock: true });
  });

  it("keeps the lock from staying behind when opening fails", () => {
    open({ migrations: [v1, v2] }).close();
    expect(appErrorOf(() => open({ lock: true })).code).toBe("store.futureVersion");
    open({ lock: true, migrations: [v1, v2] });
  });

  it("names the trouble of a statement: another writer, a full disk, a constraint", () => {
    const one = open();
    const two = open({ busyTimeoutMs: 1 });
    one.transaction(() => {
      one.run("INSERT INTO t VALUES ('mine')");
      expect(appErrorOf(() => two.run("INSERT INTO t VALUES ('theirs')")).code).toBe("store.locked");
    });
    expect(appErrorOf(() => one.run("INSERT INTO t VALUES ('mine')")).code).toBe("state.conflict");
    one.exec("PRAGMA max_page_count = 4");
    const flood = () =>
      one.transaction(() => {
        for (let i = 0; i < 1000; i++) one.run("INSERT INTO t VALUES (?)", `${i}`.padEnd(500));
      });
    expect(appErrorOf(flood)).toMatchObject({
      code: "store.writeFailed",
      message: expect.stringContaining("full"),
    });
    const undaunted = () =>
      one.transaction(() => {
        expect(appErrorOf(flood).code).toBe("store.writeFailed");
        one.run("INSERT INTO t VALUES ('half')");
      });
    expect(appErrorOf(undaunted)).toMatchObject({
      code: "store.writeFailed",
      message: expect.stringContaining("given up"),
    });
    expect(one.all("SELECT a FROM t")).toHaveLength(2);
    one.run("INSERT INTO t VALUES ('after')");
    expect(one.all("SELECT a FROM t")).toHaveLength(3);
  });
});
