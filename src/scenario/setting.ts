import { oneOf, StepProblem } from "./problem.ts";
import type { Known } from "./step.ts";
import { hasReference } from "./template.ts";

/**
 * A setting that the station has, and a value that it can have.
 * @throws StepProblem at its name; the value may be a secret and is not told
 */
export function settingOf(
  name: string,
  value: unknown,
  known: Pick<Known, "settings" | "settingProblem">,
): readonly [name: string, value: string] {
  const found = oneOf([name], name, known.settings, "setting of this station");
  const text = String(value);
  const problem = hasReference(value) ? undefined : known.settingProblem(found, text);
  if (problem === undefined) return [found, text];
  throw new StepProblem([name], `what it says does not fit ${name}: ${problem}`, "Write a value that does.");
}
