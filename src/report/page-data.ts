import type { JournalEntry } from "../journal/types.ts";
import type { Failure, Outcome, RunEvent, RunSummary, ScenarioInfo } from "../scenario/types.ts";
import type { Refused } from "./record.ts";

/* What the HTML report's page is given: an index in plain JSON, and for each scenario a packed part of its own. */

/** What was interrupted has no verdict: the page tells that it never ended. */
export type PageOutcome = Exclude<Outcome, "interrupted">;

/** A scenario in the overview. */
export interface IndexEntry extends Omit<ScenarioInfo, "source"> {
  /** Absent: the run was broken off before it ended. */
  readonly outcome?: PageOutcome;
  /** On the scenario's own clock. */
  readonly ms: number;
  readonly wallMs: number;
  readonly retry: number;
  readonly seed?: number;
  readonly why?: string;
  readonly expectedFailure?: string;
  /** The first failure in one sentence. */
  readonly reason?: string;
  /** Where what came nearest differs from what was waited for: "idTagInfo.status: wanted Accepted, found Invalid". */
  readonly differs?: readonly string[];
  /** What runs it again, alone; absent when it did not run. */
  readonly again?: string;
  readonly frames: number;
  /** Which packed part tells what happened; absent when nothing did. */
  readonly part?: number;
}

export interface ReportIndex {
  readonly run?: Omit<Extract<RunEvent, { kind: "runBegan" }>, "kind">;
  /** Absent: the run was broken off. */
  readonly summary?: RunSummary;
  /** Why nothing could run; absent: it ran. */
  readonly refused?: Refused;
  readonly scenarios: readonly IndexEntry[];
}

/** A step that ran. `began` and `ended` are places in the order of everything that happened. */
export interface PageStep {
  readonly path: string;
  readonly kind: string;
  readonly title: string;
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  readonly began: number;
  readonly beganAt: string;
  readonly ended?: number;
  readonly endedAt?: string;
  readonly outcome?: PageOutcome;
  readonly ms?: number;
  readonly why?: string;
}

/** A failure as the page shows it: what came before stands on the page already, what it ran within in its message. */
export type PageFailure = Omit<Failure, "lastFacts" | "around">;

/** What one scenario's page shows. */
export interface ScenarioPart {
  /** The document as written; its first line is the scenario's `at.line`. */
  readonly source: string;
  readonly steps: readonly PageStep[];
  readonly facts: readonly JournalEntry[];
  /** The place of each fact in the order of everything that happened. */
  readonly order: readonly number[];
  /** Facts that are not kept because there were too many: how many, and before which index they stood. */
  readonly leftOut?: { readonly before: number; readonly count: number };
  readonly failures: readonly PageFailure[];
  /** Tries that did not pass and were made again. */
  readonly tries: readonly (readonly PageFailure[])[];
}
