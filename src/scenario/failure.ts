import type { JournalEntry } from "../journal/types.ts";
import { errorText, isAppError } from "../util/errors.ts";
import { StepProblem } from "./problem.ts";
import { type Scope, surroundings } from "./scope.ts";
import { StepFailure } from "./step.ts";
import { Placed } from "./told.ts";
import type { Failure, Position } from "./types.ts";

/** Where something went wrong. */
export interface FailurePlace {
  /** Its place in the order of things: "setup.1". */
  readonly path: string;
  readonly at: Position;
  /** The step as written, variables filled in. */
  readonly step: string;
  readonly scope: Scope;
  readonly lastFacts: readonly JournalEntry[];
  /** Another station has taken the connection over meanwhile: that may be why. */
  readonly takenOver?: boolean;
}

const TAKEN_OVER =
  "Another station of the same identity took the connection over meanwhile: give this one its own with --id (or in the scenario's head, station: { id: … }).";

/** What an error means for a report. */
export function failureOf(
  e: unknown,
  { path, at, step, scope, lastFacts, takenOver }: FailurePlace,
): Failure {
  const known = isAppError(e);
  const part = partOf(path);
  const hints = [known ? e.hint : undefined, takenOver === true ? TAKEN_OVER : undefined];
  const hint = hints.filter((one) => one !== undefined).join(" ");
  const where = e instanceof StepProblem || !(e instanceof Placed) ? at : e.at;
  return {
    outcome: e instanceof StepFailure ? "failed" : "error",
    message: `${part === undefined ? "" : PARTS[part]}${errorText(e)}`,
    ...(hint === "" ? {} : { hint }),
    ...(e instanceof StepFailure ? e.parts : {}),
    at: where,
    ...(part === undefined ? {} : { part }),
    ...surroundings(scope, where),
    step,
    lastFacts,
    ...(known ? { code: e.code } : {}),
  };
}

/** What fails besides the steps that count says so. */
const PARTS = { setup: "In the set-up: ", teardown: "In the tear-down: " } as const;

function partOf(path: string): keyof typeof PARTS | undefined {
  const [part] = path.split(".");
  return part === "setup" || part === "teardown" ? part : undefined;
}
