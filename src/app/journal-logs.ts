import type { JournalQuery, JournalReader } from "../journal/types.ts";
import type { LogSource, Period } from "../station/ports.ts";
import { version } from "./version.ts";

/** So many facts are read at a time: a log must not stand in memory as a whole. */
const PORTION = 500;

/** The journal of one station as its diagnostics; what the built-in central system noted is not the station's. */
export class JournalLogs implements LogSource {
  readonly #journal: JournalReader;
  readonly #station: string;

  constructor(journal: JournalReader, station: string) {
    this.#journal = journal;
    this.#station = station;
  }

  get versions(): Readonly<Record<string, string>> {
    return { tapstation: version(), node: process.versions.node, openssl: process.versions.openssl };
  }

  has(period: Period): boolean {
    return this.#journal.query({ ...this.#wanted(period), first: 1 }).length > 0;
  }

  *read(period: Period): Iterable<string> {
    const wanted = this.#wanted(period);
    // What happens while the log is read is not in it: it would never end.
    const [last] = this.#journal.query({ ...wanted, last: 1 });
    for (let afterSeq = 0; last !== undefined && afterSeq < last.seq; ) {
      const portion = this.#journal.query({ ...wanted, afterSeq, first: PORTION });
      if (portion.length === 0) return;
      for (const entry of portion) {
        if (entry.seq > last.seq) return;
        yield JSON.stringify(entry);
        afterSeq = entry.seq;
      }
    }
  }

  #wanted({ from, to }: Period): JournalQuery {
    return {
      station: this.#station,
      source: "station",
      ...(from === undefined ? {} : { since: new Date(from).toISOString() }),
      // The journal's end is exclusive, a log's is not.
      ...(to === undefined ? {} : { until: new Date(to + 1).toISOString() }),
    };
  }
}
