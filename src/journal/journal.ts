import { openDatabase } from "../store/sqlite.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import { FactTable, migrations } from "./fact-table.ts";
import { FileJournal } from "./file-journal.ts";
import { RingJournal } from "./ring-journal.ts";
import type { Journal, JournalFault, JournalReader } from "./types.ts";

export interface JournalOptions {
  /** The file; without it the newest facts are kept in memory. */
  readonly path?: string;
  readonly clock?: Clock;
  readonly onFault?: (fault: JournalFault) => void;
  /** How many facts are kept in memory: of a journal without a file, or while the file cannot be written. 10,000. */
  readonly ringSize?: number;
  /** How many of the newest facts the file keeps. 1,000,000. */
  readonly keep?: number;
}

/**
 * Opens a journal; the file is made when it is not there. Several processes may have it open.
 * @throws AppError as `openDatabase` does: `store.unreadable`, `store.futureVersion`, `store.locked`, `store.writeFailed`
 */
export function openJournal(options: JournalOptions = {}): Journal {
  const {
    path,
    clock = systemClock,
    onFault = () => undefined,
    ringSize = 10_000,
    keep = 1_000_000,
  } = options;
  if (path === undefined) return new RingJournal(ringSize);
  return new FileJournal(openDatabase({ path, kind: "journal", migrations }), {
    clock,
    onFault,
    ringSize,
    keep,
  });
}

/** A journal's file as another process reads it; `lastSeq` is the newest fact's place, 0 when there is none. */
export interface JournalFile extends JournalReader {
  lastSeq(): number;
}

/**
 * Opens a journal's file for reading only, beside whoever writes it.
 * @throws AppError `store.unreadable` (also when there is none), `store.futureVersion`; `state.conflict` when it is
 * there and nothing was ever written to it
 */
export function readJournal(path: string): JournalFile {
  const db = openDatabase({ path, kind: "journal", migrations, readOnly: true });
  const table = new FactTable(db);
  return {
    query: (q = {}) => table.query(q),
    lastSeq: () => table.lastSeq(),
    close: () => db.close(),
  };
}
