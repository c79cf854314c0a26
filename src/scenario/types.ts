/**
 * What a run of scenarios tells to those who report it. A reporter needs nothing but these events: everything in a
 * report comes from here, and what happened at the station comes as facts.
 */
import type { JournalEntry } from "../journal/types.ts";

/** A place in a scenario file; lines and columns count from 1. */
export interface Position {
  /** As a person names it: relative to where the program was started. */
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/**
 * How a scenario or step ended. `failed`: an expectation did not hold. `error`: it could not be carried out (a device
 * gone, a central system that refuses, a wrong file). `skipped` never ran, and says why. `interrupted`: the run was
 * called off before it ended, so that there is no verdict.
 */
export type Outcome = "passed" | "failed" | "error" | "skipped" | "interrupted";

/** One scenario as it will run: a file's document, with one cell of its matrix and one row of its data. */
export interface ScenarioInfo {
  /** Unique within the run, and the same in every run of the same files. */
  readonly id: string;
  readonly name: string;
  /** What it shows, in one line. */
  readonly shows?: string;
  /** The section of the specification that it rests on. */
  readonly spec?: string;
  readonly tags: readonly string[];
  readonly at: Position;
  /** The document as written; its first line is `at.line`. */
  readonly source: string;
  /** What was chosen by flags, matrix and data: `{ocpp: "1.6", reader: "virtual", mode: "Whitelisting"}`. */
  readonly cell: Readonly<Record<string, string>>;
}

/** One step as it runs. A step within a step (`repeat`, `parallel`, `include`) has the outer one's path in front. */
export interface StepInfo {
  /** "setup.1", "steps.3", "steps.4.2", "teardown.1"; the second round of a repetition: "steps.4#2.1". */
  readonly path: string;
  /** The key that names it: "tap", "expect". */
  readonly kind: string;
  /** In one line, variables filled in. */
  readonly title: string;
  /** As written, with its indentation taken away; may have several lines. */
  readonly text: string;
  readonly at: Position;
  /** The last line of the step in its file. */
  readonly endLine: number;
}

/** Something that a step ran within: a round, an item, a branch, the file that includes its own. */
export interface Surrounding {
  /** For a person, with its place: "in round 3 of 10 (repeat, line 12)". */
  readonly text: string;
  readonly at: Position;
}

/** What came, where the count was wrong: the first and the last few. */
export interface Came {
  readonly total: number;
  readonly first: readonly CameFact[];
  /** How many between them are left out. */
  readonly leftOut: number;
  readonly last: readonly CameFact[];
}

export interface CameFact {
  readonly fact: JournalEntry;
  /** The members that are not the same in all of them: "status: Preparing, connectorId: 1"; absent: there is none. */
  readonly distinct?: string;
}

/** Why a step did not pass. */
export interface Failure {
  readonly outcome: "failed" | "error";
  /** In one sentence, for a person. */
  readonly message: string;
  /** The code of the error behind it (see ErrorCode), for example "csms.unreachable". */
  readonly code?: string;
  readonly hint?: string;
  readonly at: Position;
  /** Absent: it was one of the steps that count. */
  readonly part?: "setup" | "teardown";
  /** What the step ran within, outermost first; absent: nothing. */
  readonly around?: readonly Surrounding[];
  /** The step as written, variables filled in. */
  readonly step: string;
  /** What was waited for, as a person reads it; several lines. */
  readonly expected?: string;
  /** What came nearest to it. */
  readonly nearest?: JournalEntry;
  /** Of an expectation that counts: which ones came. */
  readonly came?: Came;
  /** In which points the nearest differs: path, wanted and found. */
  readonly differences?: readonly {
    readonly path: string;
    readonly wanted: string;
    readonly found: string;
  }[];
  /** The last facts before it. */
  readonly lastFacts: readonly JournalEntry[];
}

export interface StepResult {
  readonly outcome: Outcome;
  /** On the scenario's own clock, ms. */
  readonly ms: number;
  readonly failure?: Failure;
  /** Why it was skipped, or what interrupted it. */
  readonly why?: string;
}

export interface ScenarioResult {
  readonly outcome: Outcome;
  /** On the scenario's own clock (virtual time: hours may pass in milliseconds). */
  readonly ms: number;
  /** On the wall. */
  readonly wallMs: number;
  /** The first failure of set-up or steps, then those of the tear-down. */
  readonly failures: readonly Failure[];
  /** Why it was skipped, or what interrupted it, and where. */
  readonly why?: string;
  /** It was expected to fail, and did: counts as passed. */
  readonly expectedFailure?: string;
  /** How many tries were made before this one (`--retries`); passed after a retry is flaky. */
  readonly retry: number;
  /** What `random` was seeded with: running it again with the same seed does the same. */
  readonly seed: number;
}

export interface RunSummary {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  /** Begun and called off; those that were not begun are `skipped`. */
  readonly interrupted: number;
  /** Passed, but not at the first try; among `passed`. */
  readonly flaky: number;
  readonly wallMs: number;
  /** 0 all passed · 1 one failed · 2 files or usage wrong, or all were skipped · 3 device · 4 central system unreachable · 130 interrupted, 143 by SIGTERM. */
  readonly exitCode: number;
}

/** Why nothing could run. */
export interface RunProblem {
  readonly message: string;
  readonly hint?: string;
  /** Absent: it is in no file; without a line it is about the whole of it. */
  readonly at?: { readonly file: string; readonly line?: number; readonly col?: number };
}

/** In the order in which they come; events of scenarios that run side by side mix, `id` tells them apart. */
export type RunEvent =
  | {
      readonly kind: "runBegan";
      /** ISO 8601, wall clock. */
      readonly time: string;
      readonly version: string;
      readonly total: number;
      readonly workers: number;
      readonly seed: number;
      /** How it was called: "tapstation run scenarios/ --grep tap". */
      readonly command: string;
      /**
       * What has to be said again, besides the file, to run one of them in the same surroundings: ["--csms", "ws://x/"].
       * A secret stands as a variable of the environment: ["--password", "$TAPSTATION_PASSWORD"].
       */
      readonly flags?: readonly string[];
      /** How many were left out because others say `only: true`. */
      readonly leftOut?: number;
    }
  | { readonly kind: "scenarioBegan"; readonly scenario: ScenarioInfo; readonly time: string }
  | { readonly kind: "stepBegan"; readonly id: string; readonly step: StepInfo; readonly time: string }
  | {
      readonly kind: "stepEnded";
      readonly id: string;
      readonly step: StepInfo;
      /** ISO 8601 on the scenario's clock. */
      readonly time: string;
      readonly result: StepResult;
    }
  /** Everything that happened, at station and central system; `time` within is on the scenario's clock. */
  | { readonly kind: "fact"; readonly id: string; readonly fact: JournalEntry }
  /** A try that did not pass and is made again. */
  | { readonly kind: "retry"; readonly id: string; readonly result: ScenarioResult }
  | {
      readonly kind: "scenarioEnded";
      readonly id: string;
      readonly result: ScenarioResult;
      readonly time: string;
    }
  | { readonly kind: "runEnded"; readonly summary: RunSummary; readonly time: string }
  /** Instead of a run, or of its end: what was asked for cannot be run. */
  | {
      readonly kind: "refused";
      /** ISO 8601, wall clock. */
      readonly time: string;
      readonly command: string;
      /** See ErrorCode. */
      readonly code: string;
      readonly problems: readonly RunProblem[];
    };

/**
 * One face of a run's outcome. A reporter that throws is noted and left out from then on; the run goes on.
 */
export interface Reporter {
  readonly name: string;
  /** Must not wait. */
  on(event: RunEvent): void;
  /** Writes what is left: called once, after `runEnded`, `refused` or an interruption. */
  close(): Promise<void>;
}

/** Asks a person to do something; resolves when it is said to be done. Several may be asked for at once. */
export type Ask = (text: string, until: AskedUntil) => Promise<void>;

/** What ends a question besides its answer. */
export interface AskedUntil {
  /** Aborted when it shows by itself that it was done; absent: it has to be said. */
  readonly done?: AbortSignal;
  /** Aborted when nobody waits for it any more: a time-out, an interruption. */
  readonly over: AbortSignal;
}
