import { statSync } from "node:fs";
import { type Clock, systemClock } from "../util/clock.ts";
import { isAppError } from "../util/errors.ts";
import { type JournalFile, readJournal } from "./journal.ts";
import type { JournalEntry, JournalQuery } from "./types.ts";

export interface FollowOptions {
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Milliseconds between two looks; the default is 100. */
  readonly pollMs?: number;
}

/** How many facts are taken from the file at once. */
const PORTION = 500;

/**
 * What matches in a journal that another process writes: first what is there (`last` and `first` count for this),
 * then each fact as it comes. Waits while the file does not exist, and begins anew when another file takes its place.
 * @throws AppError `store.unreadable`, `store.futureVersion`, `input.invalid`
 */
export async function* followJournal(
  path: string,
  query: JournalQuery = {},
  options: FollowOptions = {},
): AsyncIterable<JournalEntry> {
  const { signal, clock = systemClock, pollMs = 100 } = options;
  const follower = new Follower(path, query);
  try {
    while (signal?.aborted !== true) {
      const portion = follower.next();
      yield* portion;
      if (portion.length === 0) await pause(clock, pollMs, signal);
    }
  } finally {
    follower.close();
  }
}

class Follower {
  readonly #path: string;
  readonly #query: JournalQuery;
  #file: { readonly reader: JournalFile; readonly id: string } | undefined;
  /** Everything up to this place has been looked at. */
  #seq: number;
  /** Is there something to begin with that `last` or `first` limits? */
  #limited: boolean;

  constructor(path: string, query: JournalQuery) {
    this.#path = path;
    this.#query = query;
    this.#seq = query.afterSeq ?? 0;
    this.#limited = query.last !== undefined || query.first !== undefined;
  }

  /** The next facts that match; none when nothing new is there. */
  next(): JournalEntry[] {
    const reader = this.#open();
    if (reader === undefined) return [];
    const newest = reader.lastSeq();
    if (newest <= this.#seq) return [];
    const { last: _last, first: _first, ...conditions } = this.#query;
    const portion = this.#limited
      ? reader.query(this.#query)
      : reader.query({ ...conditions, afterSeq: this.#seq, first: PORTION });
    const heard = portion.at(-1)?.seq ?? 0;
    const more = !this.#limited && portion.length === PORTION;
    this.#seq = more ? heard : Math.max(heard, newest);
    this.#limited = false;
    return portion;
  }

  #open(): JournalFile | undefined {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    const id = stat && `${stat.dev}:${stat.ino}`;
    if (this.#file !== undefined && this.#file.id !== id) {
      this.close();
      this.#seq = 0;
    }
    if (this.#file === undefined && id !== undefined) {
      const reader = openWhenWritten(this.#path);
      if (reader !== undefined) this.#file = { reader, id };
    }
    return this.#file?.reader;
  }

  close(): void {
    this.#file?.reader.close();
    this.#file = undefined;
  }
}

/** Undefined while its writer has only just made the file. */
function openWhenWritten(path: string): JournalFile | undefined {
  try {
    return readJournal(path);
  } catch (e) {
    if (isAppError(e, "state.conflict", "store.locked")) return undefined;
    throw e;
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = clock.setTimeout(end, ms);
    if (signal?.aborted === true) end();
    else signal?.addEventListener("abort", end);
  });
}
