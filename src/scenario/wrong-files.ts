import { AppError, errorText, isAppError } from "../util/errors.ts";
import { problemsByFile, problemText } from "./problems-by-file.ts";
import type { RunEvent, RunProblem } from "./types.ts";

/** How many problems of one file are told in a message. */
const MAX_TOLD = 20;

/** A problem of a scenario file. */
export type FileProblem = RunProblem & { readonly at: NonNullable<RunProblem["at"]> };

/** What is wrong in scenario files: all of it in `problems`, the message tells the first few of each file. */
export class WrongFiles extends AppError {
  readonly problems: readonly FileProblem[];

  /** `hint` is for all of them, and stands below; otherwise each has its own. */
  constructor(problems: readonly FileProblem[], hint?: string) {
    const [first, second] = problems;
    // The only one's hint stands below it.
    const below = hint ?? (second === undefined ? first?.hint : undefined);
    super("definition.invalid", told(problems, below), below === undefined ? {} : { hint: below });
    this.problems = problems;
  }
}

function told(problems: readonly FileProblem[], below: string | undefined): string {
  const lines = problemsByFile(problems).flatMap(([, ofFile]) => [
    ...ofFile.slice(0, MAX_TOLD).map((problem) => lineOf(problem, below)),
    ...(ofFile.length > MAX_TOLD ? [`and ${ofFile.length - MAX_TOLD} more, ${ofFile.length} in all`] : []),
  ]);
  return lines.join("\n");
}

function lineOf(problem: FileProblem, below: string | undefined): string {
  const { hint } = problem;
  return `${problemText(problem)}${hint === undefined || hint === below ? "" : ` (${hint})`}`;
}

/** What reporters hear of an error that lets nothing run. */
export function refusalOf(e: unknown, command: string): RunEvent {
  const hint = isAppError(e) ? e.hint : undefined;
  return {
    kind: "refused",
    time: new Date().toISOString(),
    command,
    code: isAppError(e) ? e.code : "internal",
    problems:
      e instanceof WrongFiles
        ? e.problems
        : [{ message: errorText(e), ...(hint === undefined ? {} : { hint }) }],
  };
}
