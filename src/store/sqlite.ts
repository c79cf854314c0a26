import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { AppError, errorText } from "../util/errors.ts";
import { Database, type RawDatabase } from "./database.ts";
import {
  type DatabaseKind,
  type DatabasePlace,
  damagedContent,
  isBusy,
  storeError,
} from "./sqlite-errors.ts";

export type { Database, SqlValue } from "./database.ts";

interface SqliteModule {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly?: boolean }) => RawDatabase;
}

/** The node:sqlite API. The one place that names the package: on a Node that has it, "node:sqlite" goes here. */
const SQLITE_MODULE = "@photostructure/sqlite";

/** PRAGMA application_id by kind: "TPs1", "TPj1", "TPc1". */
const applicationIds: Readonly<Record<DatabaseKind, number>> = {
  station: 0x54507331,
  journal: 0x54506a31,
  central: 0x54506331,
};

/** How long a statement waits for another process's write, milliseconds. It blocks this process: keep it short. */
const BUSY_TIMEOUT_MS = 500;

/** The write-ahead log is cut back to this after a big change, bytes. */
const WAL_LIMIT = 16 * 1024 * 1024;

export interface DatabaseOptions {
  readonly path: string;
  readonly kind: DatabaseKind;
  /** SQL scripts; number n (from 1) takes the file from version n-1 to n. Published ones never change. */
  readonly migrations: readonly string[];
  /** FULL: durable on return even when the power fails. NORMAL (default): may lose the last moments then, never more. */
  readonly synchronous?: "FULL" | "NORMAL";
  /** Only reads, and makes no file. */
  readonly readOnly?: boolean;
  /**
   * Keeps every other opener that asks for the lock out as long as this one lives; readers are let in. It is the
   * system's lock on the file `path` + ".lock", so that not even `kill -9` leaves it behind.
   */
  readonly lock?: boolean;
  /** Reads the whole file for damage first: for small files. */
  readonly check?: boolean;
  /** Milliseconds to wait for another process's lock; the default is 500. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens a database in WAL mode, makes it and its directory when they are not there, and brings it up to date.
 * Nothing else in the process may open the file by other means: closing it would drop SQLite's locks (POSIX).
 * @throws AppError `store.unreadable` (no database, damaged, another kind), `store.futureVersion`, `store.locked`,
 * `store.writeFailed`, `driver.missing` (no SQLite for this platform); `state.conflict` when opened read-only
 * before anything was ever written.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { path, readOnly = false } = options;
  const { DatabaseSync } = loadSqlite();
  if (!readOnly) makeDirectory(dirname(path));
  else if (!existsSync(path)) {
    throw new AppError("store.unreadable", `${path} is not there`, {
      hint: "Start tapstation once: that makes it; or name another data directory.",
    });
  }
  if (!readOnly) makePrivate(path);
  const lock = options.lock === true ? takeLock(DatabaseSync, options) : undefined;
  let db: Database | undefined;
  try {
    db = new Database(new DatabaseSync(path, { readOnly }), options, () => giveUp(lock));
    prepare(db, options);
    return db;
  } catch (e) {
    db?.close();
    giveUp(lock);
    throw storeError(e, options);
  }
}

/** Kept from the garbage collector, which would give the lock up under a caller that only waits for signals. */
const heldLocks = new Set<RawDatabase>();

function giveUp(lock: RawDatabase | undefined): void {
  if (lock !== undefined && heldLocks.delete(lock)) lock.close();
}

/**
 * SQLite's own exclusive lock, on a file of its own. The database's would do, but the package's `close` keeps a
 * connection and its locks until the garbage collector has found every prepared statement; here there are none.
 */
function takeLock(DatabaseSync: SqliteModule["DatabaseSync"], place: DatabasePlace): RawDatabase {
  let lock: RawDatabase | undefined;
  try {
    makePrivate(`${place.path}.lock`);
    lock = new DatabaseSync(`${place.path}.lock`, {});
    lock.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
    heldLocks.add(lock);
    return lock;
  } catch (e) {
    lock?.close();
    throw storeError(e, place);
  }
}

function loadSqlite(): SqliteModule {
  try {
    return createRequire(import.meta.url)(SQLITE_MODULE) as SqliteModule;
  } catch (e) {
    throw new AppError("driver.missing", `SQLite is not available on this platform (${errorText(e)})`, {
      hint: `Install again with "npm ci"; where ${SQLITE_MODULE} has no binary, a C++ compiler is needed.`,
      cause: e,
    });
  }
}

/**
 * For its owner's eyes only: there are keys, passwords and cards in it. SQLite gives its other files the same mode.
 * What cannot be done here is told by the opening that follows.
 */
function makePrivate(path: string): void {
  if (path === ":memory:") return;
  try {
    closeSync(openSync(path, "a", 0o600));
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  } catch {
    // A file system without modes, or a file of somebody else that is readable all the same.
  }
}

function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  try {
    mkdirSync(directory, { recursive: true });
  } catch (e) {
    throw new AppError("store.writeFailed", `The directory ${directory} cannot be made (${errorText(e)})`, {
      hint: "Choose a data directory that this user may write to.",
      cause: e,
    });
  }
}

function prepare(db: Database, o: DatabaseOptions): void {
  db.exec(`PRAGMA busy_timeout = ${o.busyTimeoutMs ?? BUSY_TIMEOUT_MS}`);
  if (o.readOnly === true) {
    if (stateOf(db, o) < o.migrations.length) throw notYetWritten(o);
    return;
  }
  stateOf(db, o);
  patiently(() => db.exec("PRAGMA journal_mode = WAL"));
  db.exec(`PRAGMA synchronous = ${o.synchronous ?? "NORMAL"}; PRAGMA journal_size_limit = ${WAL_LIMIT}`);
  migrate(db, o);
  if (o.check === true) check(db);
}

/** The file's version, after seeing that it is one of ours and none of the future. */
function stateOf(db: Database, o: DatabaseOptions): number {
  const version = pragma(db, "user_version");
  const id = pragma(db, "application_id");
  const empty = version === 0 && id === 0 && db.get("SELECT 1 FROM sqlite_schema") === undefined;
  if (!empty && id !== applicationIds[o.kind]) {
    const other = Object.entries(applicationIds).find(([, known]) => known === id)?.[0];
    throw new AppError(
      "store.unreadable",
      `${o.path} is not a tapstation ${o.kind} database but ${other === undefined ? "another program's" : `a ${other} database`}`,
      { hint: "Choose another file or data directory." },
    );
  }
  if (version > o.migrations.length) {
    throw new AppError(
      "store.futureVersion",
      `${o.path} was written by a newer tapstation (version ${version}, known are ${o.migrations.length})`,
      { hint: `Update tapstation, or move ${o.path} aside to begin with an empty one.` },
    );
  }
  return version;
}

function pragma(db: Database, name: "user_version" | "application_id"): number {
  return db.get<Record<string, number>>(`PRAGMA ${name}`)?.[name] ?? 0;
}

function notYetWritten(o: DatabaseOptions): AppError {
  return new AppError("state.conflict", `${o.path} holds no ${o.kind} of this version yet`, {
    hint: "Start tapstation on it once: that writes it or brings it up to date.",
  });
}

/** One transaction for each step. A second process that opens at the same time finds the work done. */
function migrate(db: Database, o: DatabaseOptions): void {
  for (;;) {
    const done = db.transaction(() => {
      const version = stateOf(db, o);
      const script = o.migrations[version];
      if (script === undefined) return true;
      db.exec(script);
      db.exec(`PRAGMA application_id = ${applicationIds[o.kind]}; PRAGMA user_version = ${version + 1}`);
      return false;
    });
    if (done) return;
  }
}

/** The change to WAL does not wait for other processes by itself. */
function patiently(work: () => void): void {
  for (let left = 20; ; left--) {
    try {
      work();
      return;
    } catch (e) {
      if (left === 0 || !isBusy(e)) throw e;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function check(db: Database): void {
  const found = db.get<{ quick_check: string }>("PRAGMA quick_check(1)")?.quick_check;
  if (found !== "ok") throw damagedContent(db, found ?? "no answer to quick_check");
}
