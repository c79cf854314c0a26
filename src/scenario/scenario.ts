import type { WrittenSetup } from "./setup.ts";
import type { Step } from "./step.ts";
import type { Position } from "./types.ts";

/** A document of a scenario file. */
export interface Scenario {
  readonly name: string;
  readonly shows?: string;
  readonly spec?: string;
  readonly tags: readonly string[];
  /** Where it says `only: true`; absent: it does not. */
  readonly only?: Position;
  /** Why it is not run. */
  readonly skip?: string;
  /** Why it fails. */
  readonly expectFailure?: string;
  readonly ocpp: readonly string[];
  /** As it is written: each instance picks its version, fills in its variables and understands it. */
  readonly before: WrittenSetup;
  readonly vars: Readonly<Record<string, unknown>>;
  /** The rows of its data; one without columns when it has none. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly setup: readonly Step[];
  readonly steps: readonly Step[];
  readonly teardown: readonly Step[];
  readonly timeoutMs?: number;
  readonly at: Position;
  readonly source: string;
  /** The folder of its file, absolute. */
  readonly directory: string;
}
