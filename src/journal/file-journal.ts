import type { Fact } from "../station/facts.ts";
import type { Database } from "../store/sqlite.ts";
import type { Clock, TimerHandle } from "../util/clock.ts";
import { Emitter } from "../util/emitter.ts";
import { AppError, errorText } from "../util/errors.ts";
import { FactTable } from "./fact-table.ts";
import { portion, select } from "./query.ts";
import type { Journal, JournalEntry, JournalFault, JournalQuery } from "./types.ts";

/** How long to wait before writing is tried again, milliseconds. */
const RETRY_MS = 1000;

/** How long the last write may wait for another process's: nothing else is kept waiting by then. */
const LAST_WAIT_MS = 5000;

export interface FileJournalOptions {
  readonly clock: Clock;
  readonly onFault: (fault: JournalFault) => void;
  /** At most twice so many facts wait in memory while the file cannot be written. */
  readonly ringSize: number;
  /** How many facts the file keeps. */
  readonly keep: number;
}

/**
 * Facts in a file that several processes may read and write. An append costs a push; what came together in one
 * turn of the event loop is written in one transaction.
 */
export class FileJournal implements Journal {
  readonly #db: Database;
  readonly #table: FactTable;
  readonly #options: FileJournalOptions;
  readonly #listeners = new Emitter<JournalEntry>();
  readonly #faults = new Emitter<JournalFault>();
  #pending: Fact[] = [];
  /** The place that the first of the pending facts gets, unless another process writes before. */
  #firstSeq: number;
  #scheduled = false;
  #closed = false;
  #retry: TimerHandle | undefined;
  #lost = 0;

  constructor(db: Database, options: FileJournalOptions) {
    this.#db = db;
    this.#options = options;
    this.#table = new FactTable(db);
    this.#firstSeq = this.#table.lastSeq() + 1;
    this.#faults.on(options.onFault);
  }

  append(fact: Fact): void {
    if (this.#closed) return;
    const seq = this.#firstSeq + this.#pending.length;
    this.#pending.push(fact);
    if (this.#retry !== undefined) this.#bound();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#turn);
    }
    if (this.#listeners.size > 0) this.#listeners.emit({ ...fact, seq });
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    if (this.#retry === undefined) this.flush();
  };

  flush(): void {
    if (this.#closed) return;
    if (this.#retry !== undefined) this.#options.clock.clearTimeout(this.#retry);
    const wasFaulty = this.#retry !== undefined;
    try {
      if (this.#pending.length > 0) this.#write();
    } catch (e) {
      this.#retry = this.#options.clock.setTimeout(() => this.flush(), RETRY_MS);
      this.#bound();
      if (!wasFaulty) this.#faults.emit({ state: "raised", error: asAppError(e) });
      return;
    }
    this.#retry = undefined;
    if (wasFaulty) {
      const lost = this.#lost;
      this.#lost = 0;
      this.#faults.emit({ state: "cleared", lost });
    }
  }

  #write(): void {
    const base = this.#table.append(this.#pending, this.#firstSeq, this.#options.keep);
    this.#firstSeq = base + this.#pending.length;
    this.#pending = [];
  }

  /** Drops the oldest facts that wait. Their places stay empty: the gap shows the loss. */
  #bound(): void {
    const { ringSize } = this.#options;
    if (this.#pending.length <= 2 * ringSize) return;
    const dropped = this.#pending.length - ringSize;
    this.#pending.splice(0, dropped);
    this.#firstSeq += dropped;
    this.#lost += dropped;
  }

  query(q: JournalQuery = {}): JournalEntry[] {
    if (this.#retry === undefined) this.flush();
    const stored = this.#table.query(q);
    if (this.#pending.length === 0) return stored;
    const waiting = this.#pending.map((fact, i) => ({ ...fact, seq: this.#firstSeq + i }));
    return portion([...stored, ...select(waiting, q)], q);
  }

  subscribe(listener: (entry: JournalEntry) => void): () => void {
    return this.#listeners.on(listener);
  }

  close(): void {
    if (this.#closed) return;
    if (this.#pending.length > 0) this.#db.exec(`PRAGMA busy_timeout = ${LAST_WAIT_MS}`);
    this.flush();
    this.#closed = true;
    if (this.#retry !== undefined) this.#options.clock.clearTimeout(this.#retry);
    this.#db.close();
  }
}

function asAppError(e: unknown): AppError {
  if (e instanceof AppError) return e;
  return new AppError("internal", `The journal could not be written: ${errorText(e)}`, { cause: e });
}
