import type { JournalQuery, JournalReader } from "../journal/types.ts";
import type { LogSource } from "../station/ports.ts";
import type { LogType } from "../station/types.ts";
import { version } from "./version.ts";

/** So many facts are read at a time: a log must not stand in memory as a whole. */
const PORTION = 500;

/** The journal of one station as its logs; what the built-in central system noted is not the station's. */
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

  has(log: LogType, from: string | undefined, to: string | undefined): boolean {
    return this.#journal.query({ ...this.#wanted(log, from, to), first: 1 }).length > 0;
  }

  *read(log: LogType, from: string | undefined, to: string | undefined): Iterable<string> {
    const wanted = this.#wanted(log, from, to);
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

  #wanted(_log: LogType, from: string | undefined, to: string | undefined): JournalQuery {
    return {
      station: this.#station,
      source: "station",
      ...(from === undefined ? {} : { since: from }),
      // The journal's end is exclusive, a log's is not.
      ...(to === undefined ? {} : { until: new Date(Date.parse(to) + 1).toISOString() }),
    };
  }
}
