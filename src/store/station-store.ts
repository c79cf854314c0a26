import type {
  CacheStore,
  ListStore,
  QueueStore,
  Store,
  StoredMessage,
  StoredToken,
  ValueStore,
} from "../station/ports.ts";
import type { QueuedEvent } from "../station/types.ts";
import { type Database, openDatabase } from "./sqlite.ts";
import { damagedContent } from "./sqlite-errors.ts";
import { notValidFrom } from "./validity.ts";

/** Token keys stand in the tables as JSON text: SQLite would cut a hostile token at its first NUL. */
const migrations: readonly string[] = [
  `CREATE TABLE list (key TEXT PRIMARY KEY, entry TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE list_version (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
   INSERT INTO list_version VALUES (1, 0);
   CREATE TABLE cache (
     key TEXT PRIMARY KEY, entry TEXT NOT NULL, updated_at INTEGER NOT NULL, not_valid_from INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX cache_by_age ON cache (updated_at);
   CREATE INDEX cache_by_validity ON cache (not_valid_from);
   CREATE TABLE queue (
     id INTEGER PRIMARY KEY AUTOINCREMENT, transaction_id TEXT NOT NULL, event TEXT NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0
   );
   CREATE INDEX queue_by_transaction ON queue (transaction_id);
   CREATE TABLE value (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
];

interface EntryRow {
  readonly entry: string;
}

function parse(db: Database, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (e) {
    throw damagedContent(db, "an entry is no JSON", e);
  }
}

function tokenOf(db: Database, row: EntryRow): StoredToken {
  return parse(db, row.entry) as StoredToken;
}

function countOf(db: Database, table: "list" | "cache" | "queue"): number {
  return db.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0;
}

function sqliteList(db: Database): ListStore {
  return {
    version: () => db.get<{ version: number }>("SELECT version FROM list_version")?.version ?? 0,
    size: () => countOf(db, "list"),
    get(key) {
      const row = db.get<EntryRow>("SELECT entry FROM list WHERE key = ?", JSON.stringify(key));
      return row && tokenOf(db, row);
    },
    entries: () => db.all<EntryRow>("SELECT entry FROM list").map((row) => tokenOf(db, row)),
    update(u) {
      db.transaction(() => {
        if (u.full) db.run("DELETE FROM list");
        for (const key of u.remove) db.run("DELETE FROM list WHERE key = ?", JSON.stringify(key));
        for (const entry of u.put) {
          db.run(
            "INSERT OR REPLACE INTO list VALUES (?, ?)",
            JSON.stringify(entry.key),
            JSON.stringify(entry),
          );
        }
        db.run("UPDATE list_version SET version = ?", u.version);
      });
    },
  };
}

function sqliteCache(db: Database): CacheStore {
  return {
    size: () => countOf(db, "cache"),
    get(key) {
      const row = db.get<EntryRow>("SELECT entry FROM cache WHERE key = ?", JSON.stringify(key));
      return row && tokenOf(db, row);
    },
    entries: () => db.all<EntryRow>("SELECT entry FROM cache").map((row) => tokenOf(db, row)),
    put(entry) {
      db.run(
        "INSERT OR REPLACE INTO cache VALUES (?, ?, ?, ?)",
        JSON.stringify(entry.key),
        JSON.stringify(entry),
        entry.updatedAt,
        notValidFrom(entry),
      );
    },
    delete(keys) {
      db.transaction(() => {
        for (const key of keys) db.run("DELETE FROM cache WHERE key = ?", JSON.stringify(key));
      });
    },
    clear: () => void db.run("DELETE FROM cache"),
    evictable(now) {
      const row =
        db.get<{ key: string }>(
          "SELECT key FROM cache WHERE not_valid_from <= ? ORDER BY not_valid_from LIMIT 1",
          now,
        ) ?? db.get<{ key: string }>("SELECT key FROM cache ORDER BY updated_at LIMIT 1");
      return row && String(parse(db, row.key));
    },
  };
}

interface MessageRow {
  readonly id: number;
  readonly event: string;
  readonly attempts: number;
}

function sqliteQueue(db: Database): QueueStore {
  return {
    append(event) {
      const id = db.insert(
        "INSERT INTO queue (transaction_id, event) VALUES (?, ?)",
        event.transactionId,
        JSON.stringify(event),
      );
      return { id, event, attempts: 0 };
    },
    head(): StoredMessage | undefined {
      const row = db.get<MessageRow>("SELECT id, event, attempts FROM queue ORDER BY id LIMIT 1");
      return row && { ...row, event: parse(db, row.event) as QueuedEvent };
    },
    size: () => countOf(db, "queue"),
    attempted: (id) => void db.run("UPDATE queue SET attempts = attempts + 1 WHERE id = ?", id),
    delete: (id) => void db.run("DELETE FROM queue WHERE id = ?", id),
    has: (transactionId) =>
      db.get("SELECT 1 FROM queue WHERE transaction_id = ?", transactionId) !== undefined,
  };
}

function sqliteValues(db: Database): ValueStore {
  const drop = (name: string) => void db.run("DELETE FROM value WHERE name = ?", name);
  return {
    get(name) {
      const row = db.get<{ value: string }>("SELECT value FROM value WHERE name = ?", name);
      return row && parse(db, row.value);
    },
    set(name, value) {
      const text: string | undefined = JSON.stringify(value);
      if (text === undefined) drop(name);
      else db.run("INSERT OR REPLACE INTO value VALUES (?, ?)", name, text);
    },
    delete: drop,
    names: (prefix) =>
      db
        .all<{ name: string }>("SELECT name FROM value")
        .map((row) => row.name)
        .filter((name) => name.startsWith(prefix))
        .sort(),
  };
}

/**
 * One station's durable state in a database file: what a call has returned from is on the disk (synchronous FULL).
 * The file is locked for this process. Every call may throw AppError `store.writeFailed` or `store.unreadable`.
 * @throws AppError `store.unreadable`, `store.futureVersion`, `store.locked`, `store.writeFailed`, `driver.missing`
 */
export function openStationStore(path: string): Store {
  const db = openDatabase({
    path,
    kind: "station",
    migrations,
    synchronous: "FULL",
    lock: true,
    check: true,
  });
  return {
    list: sqliteList(db),
    cache: sqliteCache(db),
    queue: sqliteQueue(db),
    values: sqliteValues(db),
    atomically: (work) => db.transaction(work),
    onFailure: (hear) => {
      db.onFailure = hear;
    },
    close: () => db.close(),
  };
}

/** What a station has stored, to be looked at only. */
export interface StationRecords {
  readonly list: Pick<ListStore, "version" | "size" | "get" | "entries">;
  readonly cache: Pick<CacheStore, "size" | "get" | "entries">;
  readonly values: Pick<ValueStore, "get" | "names">;
  close(): void;
}

/**
 * Looks into a station's file, also while the station runs on it: nothing is locked, nothing is written.
 * @throws AppError `store.unreadable` (also when there is none), `store.futureVersion`, `state.conflict` when nothing
 * was ever written to it
 */
export function readStationStore(path: string): StationRecords {
  const db = openDatabase({ path, kind: "station", migrations, readOnly: true });
  return { list: sqliteList(db), cache: sqliteCache(db), values: sqliteValues(db), close: () => db.close() };
}
