import type { OpenBench } from "./bench.ts";
import type { Known, Need } from "./step.ts";
import type { RunEvent } from "./types.ts";

/** Asks a person to do something; resolves when it is said to be done. Several may be asked for at once. */
export type Ask = (text: string, until: AskedUntil) => Promise<void>;

/** What ends a question besides its answer. */
export interface AskedUntil {
  /** Aborted when it shows by itself that it was done; absent: it has to be said. */
  readonly done?: AbortSignal;
  /** Aborted when nobody waits for it any more: a time-out, an interruption. */
  readonly over: AbortSignal;
}

/** What a run gives all of its scenarios. */
export interface RunContext {
  readonly openBench: OpenBench;
  readonly known: Known;
  readonly emit: (event: RunEvent) => void;
  /** OCPP versions in which a station was registered in this run; added to. */
  readonly spoken: Set<string>;
  /** Aborted: the running steps are given up, tear-downs still run. */
  readonly signal: AbortSignal;
  /** Absent: there is nobody. */
  readonly ask?: Ask;
  /** Why what a step needs is not there; undefined: it is. */
  readonly missing: (need: Need) => string | undefined;
}
