import type { Fact, FactKind } from "../station/facts.ts";
import type { AppError } from "../util/errors.ts";

/**
 * A fact with its place in the journal. `seq` rises with each fact; a gap means that facts were lost there because
 * the disk could not be written. What a subscriber hears was not written yet: when other processes write to the
 * same file, a fact's final `seq` may be higher than the one that was heard, never lower. So reading on from the
 * last `seq` that was heard may repeat facts and does not miss any.
 */
export type JournalEntry = Fact & { readonly seq: number };

/** What to look for. All given conditions must hold. */
export interface JournalQuery {
  readonly kinds?: readonly FactKind[];
  readonly station?: string;
  readonly source?: "station" | "central";
  /** OCPP action, case-insensitive; finds the CALL and what answered it. */
  readonly action?: string;
  readonly direction?: "out" | "in";
  /** A whole idToken or UID, case-insensitive, wherever it stands in the fact. */
  readonly token?: string;
  /** Any time that Date.parse reads, inclusive. */
  readonly since?: string;
  /** Any time that Date.parse reads, exclusive. */
  readonly until?: string;
  readonly afterSeq?: number;
  /** The newest n of what matches. */
  readonly last?: number;
  /** The oldest n of what matches (after `last`): with `afterSeq` a way to read in portions. */
  readonly first?: number;
}

/** What a journal can be asked. */
export interface JournalReader {
  /**
   * Oldest first. Sees everything that was appended before the call.
   * @throws AppError `input.invalid` for a time that is none, `store.unreadable` when the file turns out damaged
   */
  query(q?: JournalQuery): JournalEntry[];
  close(): void;
}

/** All facts, in order. */
export interface Journal extends JournalReader {
  /** Never throws and never waits for the disk; what cannot be written is raised once through `onFault`. */
  append(fact: Fact): void;
  /** Each fact as it is appended in this process. Call the result to stop. */
  subscribe(listener: (entry: JournalEntry) => void): () => void;
  /** Writes what is still in memory. */
  flush(): void;
}

/** The journal cannot be written, or can be again; each is told once. */
export type JournalFault =
  | { readonly state: "raised"; readonly error: AppError }
  /** `lost` facts were dropped meanwhile because memory is bounded. */
  | { readonly state: "cleared"; readonly lost: number };
