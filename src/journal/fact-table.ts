import type { Fact } from "../station/facts.ts";
import type { Database, SqlValue } from "../store/sqlite.ts";
import { damagedContent } from "../store/sqlite-errors.ts";
import { count, normalized, portion, textOf } from "./query.ts";
import { tokensOf } from "./tokens.ts";
import type { JournalEntry, JournalQuery } from "./types.ts";

/** `fact` is the whole fact as JSON; the columns before it are for searching. */
export const migrations: readonly string[] = [
  `CREATE TABLE fact (
     seq INTEGER PRIMARY KEY, time TEXT NOT NULL, station TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL,
     direction TEXT, action TEXT COLLATE NOCASE, fact TEXT NOT NULL
   );
   CREATE INDEX fact_by_time ON fact (time);
   CREATE INDEX fact_by_kind ON fact (kind);
   CREATE INDEX fact_by_station ON fact (station);
   CREATE INDEX fact_by_action ON fact (action) WHERE action IS NOT NULL;
   CREATE TABLE token (token TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (token, seq)) WITHOUT ROWID;
   CREATE INDEX token_by_seq ON token (seq);`,
];

/** Facts are taken away in portions of at most so many, so that no write takes long. */
const TRIM_PORTION = 1000;

/** The journal's rows. */
export class FactTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The newest fact's place, 0 when there is none. */
  lastSeq(): number {
    return this.#db.get<{ seq: number | null }>("SELECT max(seq) AS seq FROM fact")?.seq ?? 0;
  }

  /**
   * Writes facts in one transaction; gives the place of the first. That is `firstSeq`, or more when other processes
   * have written meanwhile. Then only the newest `keep` stay, more or less a portion.
   */
  append(facts: readonly Fact[], firstSeq: number, keep: number): number {
    return this.#db.transaction(() => {
      const base = Math.max(firstSeq, this.lastSeq() + 1);
      facts.forEach((fact, i) => {
        this.#insert(fact, base + i);
      });
      this.#trim(base + facts.length - keep);
      return base;
    });
  }

  #insert(fact: Fact, seq: number): void {
    const text = textOf(fact);
    const [direction, action] = fact.kind === "frame" ? [fact.direction, fact.action ?? null] : [null, null];
    this.#db.run(
      "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      seq,
      fact.time,
      fact.station,
      fact.source,
      fact.kind,
      direction,
      action,
      text,
    );
    for (const token of tokensOf(fact, text))
      this.#db.run("INSERT OR IGNORE INTO token VALUES (?, ?)", token, seq);
  }

  /** Takes away what stands before `from`, once a portion has come together. */
  #trim(from: number): void {
    if (from <= 1) return;
    const oldest = this.#db.get<{ seq: number | null }>("SELECT min(seq) AS seq FROM fact")?.seq ?? from;
    if (from - oldest < TRIM_PORTION / 5) return;
    const end = Math.min(from, oldest + TRIM_PORTION);
    this.#db.run("DELETE FROM token WHERE seq < ?", end);
    this.#db.run("DELETE FROM fact WHERE seq < ?", end);
  }

  /** @throws AppError `input.invalid`, `store.unreadable` */
  query(q: JournalQuery): JournalEntry[] {
    const asked = normalized(q);
    const { sql, params } = selectSeq(asked);
    const rows = this.#db.all<{ seq: number; fact: string }>(
      `SELECT seq, fact FROM fact WHERE seq IN (${sql}) ORDER BY seq`,
      ...params,
    );
    return portion(
      rows.map((row) => this.#entry(row)),
      asked,
    );
  }

  #entry(row: { readonly seq: number; readonly fact: string }): JournalEntry {
    try {
      return { ...JSON.parse(row.fact), seq: row.seq } as JournalEntry;
    } catch (e) {
      throw damagedContent(this.#db, `fact ${row.seq} is no JSON`, e);
    }
  }
}

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/**
 * The places of what matches. SQLite has no statistics here, so the index is chosen for it: the first given of token,
 * action, time, kind, station; a `+` keeps it from the others. Reading in portions goes by place, not by time, so
 * that no portion sorts the whole range again.
 */
function selectSeq(q: JournalQuery): Condition {
  const from = q.token === undefined ? "fact f" : "token t CROSS JOIN fact f ON f.seq = t.seq";
  const place = q.token === undefined ? "f.seq" : "t.seq";
  const conditions: Condition[] = q.token === undefined ? [] : [{ sql: "t.token = ?", params: [q.token] }];
  let indexed = q.token !== undefined;
  const add = (mayIndex: boolean, column: string, rest: string, ...params: SqlValue[]) => {
    conditions.push({ sql: `${mayIndex && !indexed ? "" : "+"}${column} ${rest}`, params });
    indexed ||= mayIndex;
  };
  if (q.action !== undefined) add(true, "f.action", "= ? COLLATE NOCASE", q.action);
  if (q.since !== undefined) add(q.first === undefined, "f.time", ">= ?", q.since);
  if (q.until !== undefined) add(false, "f.time", "< ?", q.until);
  if (q.kinds?.length === 1) add(true, "f.kind", "= ?", q.kinds[0] ?? "");
  else if (q.kinds !== undefined) {
    add(false, "f.kind", "IN (SELECT value FROM json_each(?))", JSON.stringify(q.kinds));
  }
  if (q.station !== undefined) add(true, "f.station", "= ?", q.station);
  if (q.source !== undefined) add(false, "f.source", "= ?", q.source);
  if (q.direction !== undefined) add(false, "f.direction", "= ?", q.direction);
  if (q.afterSeq !== undefined) conditions.push({ sql: `${place} > ?`, params: [q.afterSeq] });
  const limit = q.last ?? q.first;
  return {
    sql: [
      `SELECT ${place} FROM ${from}`,
      conditions.length === 0 ? "" : `WHERE ${conditions.map((c) => c.sql).join(" AND ")}`,
      limit === undefined ? "" : `ORDER BY ${place} ${q.last === undefined ? "ASC" : "DESC"} LIMIT ?`,
    ].join(" "),
    params: [...conditions.flatMap((c) => c.params), ...(limit === undefined ? [] : [count(limit)])],
  };
}
