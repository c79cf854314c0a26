import { namesIn } from "./literals.ts";
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

/** Names that steps define while they run, for all that follow: an earlier value gives way to them. */
export function capturedNames(steps: readonly Step[]): Set<string> {
  const names = new Set<string>();
  const look = (step: Step): void => {
    addCaptured(step.value, names);
    for (const block of step.blocks) block.steps.forEach(look);
  };
  steps.forEach(look);
  return names;
}

/** `capture: {name: …}`, `capture: name` of a program. */
function addCaptured(value: unknown, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key !== "capture") addCaptured(item, names);
    else if (typeof item === "string") names.add(item);
    else if (typeof item === "object" && item !== null) for (const name of Object.keys(item)) names.add(name);
  }
}

/** Names that steps refer to and that nothing within them defines for its own steps. */
export function freeNames(steps: readonly Step[]): Set<string> {
  const free = new Set<string>();
  for (const { value, blocks } of steps) {
    const { steps: _, ...own } =
      typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
    const given = Array.isArray(value) && blocks.length > 0 ? [] : blocks.length === 0 ? value : own;
    for (const name of namesIn(given)) free.add(name);
    const { as, vars } = own;
    const inner = new Set([String(as), ...Object.keys((vars ?? {}) as object)]);
    for (const name of freeNames(blocks.flatMap((block) => block.steps)))
      if (!inner.has(name)) free.add(name);
  }
  return free;
}
