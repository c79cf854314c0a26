import type { OpenBench } from "./bench.ts";
import type { Known, Need } from "./step.ts";
import type { Ask, RunEvent } from "./types.ts";

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
