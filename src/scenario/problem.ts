import { AppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";

/** Something is wrong with a value of a step; `path` leads to it from the step's value on. */
export class StepProblem extends AppError {
  readonly path: readonly string[];

  constructor(path: readonly (string | number)[], message: string, hint: string) {
    super("definition.invalid", message, { hint });
    this.path = path.map(String);
  }
}

/** More than this nobody reads. */
const LISTED = 24;

const listed = (known: readonly string[]): string =>
  known.length <= LISTED
    ? known.join(", ")
    : `${known.slice(0, LISTED).join(", ")} and ${known.length - LISTED} others`;

/** @throws StepProblem when `word` is none of `known` */
export function oneOf<const T extends string>(
  path: readonly (string | number)[],
  word: unknown,
  known: readonly T[],
  what: string,
): T {
  const found = known.find((k) => k.toLowerCase() === String(word).toLowerCase());
  if (found !== undefined) return found;
  const meant = nearest(String(word), known);
  throw new StepProblem(
    path,
    `"${String(word)}" is no ${what}`,
    meant === undefined ? `One of: ${listed(known)}.` : `Did you mean "${meant}"?`,
  );
}
