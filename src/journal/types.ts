import type { Fact, FactKind } from "../station/facts.ts";

/** A fact with its place in the journal. `seq` rises by one for each fact of the journal. */
export type JournalEntry = Fact & { readonly seq: number };

/** What to look for. All given conditions must hold. */
export interface JournalQuery {
  readonly kinds?: readonly FactKind[];
  readonly station?: string;
  readonly source?: "station" | "central";
  /** OCPP action, case-insensitive; finds the CALL and what answered it. */
  readonly action?: string;
  readonly direction?: "out" | "in";
  /** idToken or UID, case-insensitive, anywhere in the fact. */
  readonly token?: string;
  /** ISO 8601, inclusive. */
  readonly since?: string;
  /** ISO 8601, exclusive. */
  readonly until?: string;
  readonly afterSeq?: number;
  /** The newest n of what matches. */
  readonly last?: number;
}

/** All facts, in order. */
export interface Journal {
  /** Never throws and never waits for the disk; what cannot be written is raised once through `onFault`. */
  append(fact: Fact): void;
  /** Oldest first. Sees everything that was appended before the call. */
  query(q?: JournalQuery): JournalEntry[];
  /** Each fact as it is appended in this process. Call the result to stop. */
  subscribe(listener: (entry: JournalEntry) => void): () => void;
  /** Writes what is still in memory. */
  flush(): void;
  close(): void;
}
