import { type Database, openDatabase, type SqlValue } from "../store/sqlite.ts";
import { MIGRATIONS } from "./schema.ts";

/** Columns that hold 0 or 1 for false or true. */
const BOOLEANS = new Set(["approved", "autoRegistered", "blocked", "free"]);

/** The central system's database file, its rows as records: NULL is absent, flags are booleans. */
export class Sql {
  readonly #db: Database;

  /** @throws AppError `store.*` when the file cannot be used */
  constructor(path: string) {
    this.#db = openDatabase({ path, kind: "central", migrations: MIGRATIONS, check: true });
  }

  records<T>(sql: string, ...values: SqlValue[]): T[] {
    return this.#db.all<object>(sql, ...values).map((row) => recordOf<T>(row));
  }

  record<T>(sql: string, ...values: SqlValue[]): T | undefined {
    const row = this.#db.get<object>(sql, ...values);
    return row === undefined ? undefined : recordOf<T>(row);
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.#db.run(sql, ...values);
  }

  /** The result is the new row's id. */
  insert(sql: string, ...values: SqlValue[]): number {
    return this.#db.insert(sql, ...values);
  }

  /** All or nothing; other processes wait. */
  atomically<T>(work: () => T): T {
    return this.#db.transaction(work);
  }

  close(): void {
    this.#db.close();
  }
}

function recordOf<T>(row: object): T {
  const entries = Object.entries(row)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, BOOLEANS.has(name) ? value === 1 : value]);
  return Object.fromEntries(entries) as T;
}
