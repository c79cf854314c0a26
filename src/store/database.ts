import { AppError, isAppError } from "../util/errors.ts";
import { type DatabaseKind, type DatabasePlace, storeError } from "./sqlite-errors.ts";

/** What SQLite takes as a parameter. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** What is used of a prepared statement. */
export interface RawStatement {
  run(...params: SqlValue[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  get(...params: SqlValue[]): unknown;
  all(...params: SqlValue[]): unknown[];
}

/** What is used of an open node:sqlite database. */
export interface RawDatabase {
  readonly isTransaction: boolean;
  prepare(sql: string): RawStatement;
  exec(sql: string): void;
  close(): void;
}

/**
 * An open database. Statements are prepared once; everything that SQLite throws comes out as an AppError: besides
 * those of `openDatabase` `state.conflict` for a constraint that does not hold.
 */
export class Database {
  readonly path: string;
  readonly kind: DatabaseKind;
  /** Hears what fails for a reason outside of the program, besides its being thrown. */
  onFailure: ((error: AppError) => void) | undefined;
  readonly #raw: RawDatabase;
  readonly #onClose: () => void;
  readonly #statements = new Map<string, RawStatement>();
  #depth = 0;

  /** Use `openDatabase`. */
  constructor(raw: RawDatabase, { path, kind }: DatabasePlace, onClose: () => void) {
    this.#raw = raw;
    this.path = path;
    this.kind = kind;
    this.#onClose = onClose;
  }

  /** Runs a script without parameters and results. */
  exec(sql: string): void {
    this.#guard(() => this.#raw.exec(sql));
  }

  /** Runs a statement; gives the number of rows that it changed. */
  run(sql: string, ...params: SqlValue[]): number {
    return Number(this.#write(sql, params).changes);
  }

  /** Inserts; gives the new row's rowid. */
  insert(sql: string, ...params: SqlValue[]): number {
    return Number(this.#write(sql, params).lastInsertRowid);
  }

  /** The first row. `T` is what the SQL selects. */
  get<T>(sql: string, ...params: SqlValue[]): T | undefined {
    return this.#guard(() => this.#statement(sql).get(...params) as T | undefined);
  }

  /** All rows. `T` is what the SQL selects. */
  all<T>(sql: string, ...params: SqlValue[]): T[] {
    return this.#guard(() => this.#statement(sql).all(...params) as T[]);
  }

  /**
   * Runs `work` in a write transaction: all of it, or, when it throws, none. Inside another one it becomes a part
   * that is undone by itself.
   */
  transaction<T>(work: () => T): T {
    const [begin, commit, rollback] =
      this.#depth === 0
        ? ["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"]
        : [
            `SAVEPOINT s${this.#depth}`,
            `RELEASE s${this.#depth}`,
            `ROLLBACK TO s${this.#depth}; RELEASE s${this.#depth}`,
          ];
    this.exec(begin);
    this.#depth++;
    try {
      const result = work();
      this.exec(commit);
      return result;
    } catch (e) {
      // A full disk makes SQLite roll back by itself, the outermost transaction at once.
      if (this.#raw.isTransaction) this.exec(rollback);
      throw e;
    } finally {
      this.#depth--;
    }
  }

  /** Folds the write-ahead log into the file where nobody else is at it. May be called more than once. */
  close(): void {
    this.#statements.clear();
    for (const last of [() => this.#raw.exec("PRAGMA wal_checkpoint(TRUNCATE)"), () => this.#raw.close()]) {
      try {
        last();
      } catch {
        // Closed already, or only read: nothing is lost, the log is read at the next opening.
      }
    }
    this.#onClose();
  }

  #write(sql: string, params: SqlValue[]): ReturnType<RawStatement["run"]> {
    if (this.#depth > 0 && !this.#raw.isTransaction) {
      throw new AppError(
        "store.writeFailed",
        `${this.path}: the transaction was given up after a failed write`,
      );
    }
    return this.#guard(() => this.#statement(sql).run(...params));
  }

  #statement(sql: string): RawStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#raw.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (e) {
      const error = storeError(e, this);
      if (isAppError(error) && error.code.startsWith("store.")) this.onFailure?.(error);
      throw error;
    }
  }
}
