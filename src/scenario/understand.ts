import { misfits } from "../util/schema-problems.ts";
import { formOf } from "./advice.ts";
import { ownValue } from "./filled.ts";
import { shownPath } from "./path.ts";
import { StepProblem, throwAll } from "./problem.ts";
import type { Known, Schema, Step, StepKind } from "./step.ts";
import { suited, suitedTo } from "./suited.ts";
import { hasReference } from "./template.ts";

/** Words and numbers are judged by the step itself, more kindly. */
const FORM = ["type", "additionalProperties", "required"];

/**
 * What the value of a step says. What variables stood for may be of another form than can be written there: it is
 * looked at again.
 * @throws StepProblem
 */
export function understood<T>(
  step: Pick<Step, "kind" | "value" | "blocks">,
  kind: StepKind<T>,
  filled: unknown,
  known: Known,
): T {
  if (!hasReference(step.value)) return kind.parse(filled, known);
  const value = inItsPlace(kind, filled, ownValue(step, known.ocpp), known);
  throwAll(wrongForms(step.kind, kind, value));
  return kind.parse(value, known);
}

/** The value of a step, variables having the kinds that their places want; `written`: before they were filled in. */
export function inItsPlace(
  { schema, typed }: Pick<StepKind<never>, "schema" | "typed">,
  filled: unknown,
  written: unknown,
  known: Known,
): unknown {
  const value = suitedTo(schema, filled, written);
  return typed === undefined ? value : suited(value, written, typed(value, known));
}

/** What is of a wrong form in a value. Steps that have steps within take no variable for them. */
export function wrongForms(
  name: string,
  { blocks, schema }: Pick<StepKind<never>, "blocks" | "schema">,
  filled: unknown,
): StepProblem[] {
  if (blocks !== undefined) return [];
  return wrongValues(name, schema, filled).map((e) =>
    e.path.length === 0 ? new StepProblem([], e.message, formOf(name, {})) : e,
  );
}

/** What is of another form in a value of that name than a schema says. */
export function wrongValues(name: string, schema: Schema, filled: unknown): StepProblem[] {
  return misfits(schema, filled, (path) => shownPath([name, ...path]))
    .filter(({ keyword }) => FORM.includes(keyword))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ path, text, hint }) => new StepProblem(path, text, hint ?? ""));
}
