import { AppError } from "../util/errors.ts";
import { StepProblem } from "./problem.ts";
import type { Step } from "./step.ts";
import type { Failure, Position } from "./types.ts";

/** The failure was told already, where it happened. */
export class Told extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The run was called off. */
export class Interrupted extends Error {}

/** "interrupted (SIGINT)". */
export const interruption = ({ reason }: AbortSignal): string =>
  typeof reason === "string" ? `interrupted (${reason})` : "interrupted";

/** A problem whose place within the step is known. */
export class Placed extends AppError {
  readonly at: Position;

  constructor(e: StepProblem, at: Position) {
    super(e.code, e.message, e.hint === undefined ? {} : { hint: e.hint });
    this.at = at;
  }
}

/** The same error, and where it happened when it says so. */
export const placed = (e: unknown, step: Step, ocpp: string): unknown =>
  e instanceof StepProblem ? new Placed(e, step.place(e.path, ocpp)) : e;
