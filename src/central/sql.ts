import { type Database, openDatabase } from "../store/sqlite.ts";
import { MIGRATIONS } from "./schema.ts";

type Statement = ReturnType<Database["prepare"]>;
export type SqlValue = string | number | null;

/** Columns that hold 0 or 1 for false or true. */
const BOOLEANS = new Set(["approved", "autoRegistered", "blocked", "free"]);

/** The central system's database file: statements prepared once, rows as records in which NULL is absent. */
export class Sql {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement>();
  #atomic = false;

  /** @throws AppError `store.*` when the file cannot be used */
  constructor(path: string) {
    this.#db = openDatabase({ path, migrations: MIGRATIONS });
  }

  records<T>(sql: string, ...values: SqlValue[]): T[] {
    return this.#prepared(sql)
      .all(...values)
      .map((row: unknown) => recordOf<T>(row));
  }

  record<T>(sql: string, ...values: SqlValue[]): T | undefined {
    const row: unknown = this.#prepared(sql).get(...values);
    return row === undefined ? undefined : recordOf<T>(row);
  }

  /** The result is the id of the row that was inserted last. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#prepared(sql).run(...values).lastInsertRowid);
  }

  /** All or nothing; other processes wait. May be nested: the outermost one counts. */
  atomically<T>(work: () => T): T {
    if (this.#atomic) return work();
    this.#db.exec("BEGIN IMMEDIATE");
    this.#atomic = true;
    try {
      const result = work();
      this.#db.exec("COMMIT");
      return result;
    } catch (e) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw e;
    } finally {
      this.#atomic = false;
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #prepared(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function recordOf<T>(row: unknown): T {
  const entries = Object.entries(row as Record<string, SqlValue>)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, BOOLEANS.has(name) ? value === 1 : value]);
  return Object.fromEntries(entries) as T;
}
