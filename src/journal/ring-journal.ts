import type { Fact } from "../station/facts.ts";
import { Emitter } from "../util/emitter.ts";
import { select } from "./query.ts";
import type { Journal, JournalEntry, JournalQuery } from "./types.ts";

/** The newest facts, in memory only. */
export class RingJournal implements Journal {
  readonly #size: number;
  readonly #listeners = new Emitter<JournalEntry>();
  readonly #ring: Fact[] = [];
  /** How many facts there have been: the newest one's seq. */
  #count = 0;

  constructor(size: number) {
    this.#size = size;
  }

  append(fact: Fact): void {
    this.#ring[this.#count % this.#size] = fact;
    this.#count++;
    if (this.#listeners.size > 0) this.#listeners.emit({ ...fact, seq: this.#count });
  }

  query(q: JournalQuery = {}): JournalEntry[] {
    return select(this.#entries(q.afterSeq ?? 0), q);
  }

  *#entries(after: number): Iterable<JournalEntry> {
    const first = Math.max(after, this.#count - this.#size, 0) + 1;
    for (let seq = Math.trunc(first); seq <= this.#count; seq++) {
      const fact = this.#ring[(seq - 1) % this.#size];
      if (fact !== undefined) yield { ...fact, seq };
    }
  }

  subscribe(listener: (entry: JournalEntry) => void): () => void {
    return this.#listeners.on(listener);
  }

  flush(): void {
    // Nothing waits to be written.
  }

  close(): void {
    this.#ring.length = 0;
    this.#count = 0;
  }
}
