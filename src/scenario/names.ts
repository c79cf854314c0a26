import { StepProblem } from "./problem.ts";
import type { Step } from "./step.ts";

/** Variables that are always there: the station's id, the OCPP version, the seed, the round of a repetition, now, the central system's files and its TLS root. */
export const BUILT_IN = ["station", "ocpp", "seed", "round", "now", "files", "tls"] as const;

/** @throws StepProblem for a name that is always taken */
export function mayBeNamed(path: readonly (string | number)[], name: string): void {
  if (!BUILT_IN.some((taken) => taken === name)) return;
  throw new StepProblem(
    path,
    `"${name}" cannot be a variable here: $${name} is always there`,
    `Give it another name; taken are ${BUILT_IN.join(", ")}.`,
  );
}

/** Names that steps define while they run: an earlier value gives way to them. */
export const capturedNames = (steps: readonly Step[]): Set<string> => collected(steps, "captured");

/** Every name that a reference in these steps may mean: variables, columns, captures, items. */
export const definedNames = (steps: readonly Step[], vars: readonly string[]): Set<string> =>
  new Set([...BUILT_IN, ...vars, ...collected(steps, "captured"), ...collected(steps, "inside")]);

/** `captured`: for the whole scenario; `inside`: for the steps within. */
type Scope = "captured" | "inside";

function collected(steps: readonly Step[], scope: Scope): Set<string> {
  const names = new Set<string>();
  const look = (step: Step): void => {
    addFrom(step.value, scope, names);
    for (const block of step.blocks) block.steps.forEach(look);
  };
  steps.forEach(look);
  return names;
}

/** `capture: {name: …}`, `capture: name` of a program; `vars: {name: …}` of an include, `as: name` of a for-each. */
function addFrom(value: unknown, scope: Scope, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  const [name, map] = scope === "captured" ? ["capture", "capture"] : ["as", "vars"];
  for (const [key, item] of Object.entries(value)) {
    if (key === name && typeof item === "string") names.add(item);
    else if (key === map && typeof item === "object" && item !== null)
      for (const defined of Object.keys(item)) names.add(defined);
    else addFrom(item, scope, names);
  }
}
