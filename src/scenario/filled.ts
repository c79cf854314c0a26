import type { Step } from "./step.ts";
import { fill, forVersion, type Vars } from "./template.ts";

/**
 * What a step says itself for a version: the steps within a map are left out, they are for themselves.
 * @throws StepProblem where it says nothing for the version
 */
export function ownValue({ value, blocks }: Pick<Step, "value" | "blocks">, ocpp: string): unknown {
  if (blocks.length === 0) return forVersion(value, ocpp);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { steps: _, ...own } = value as Record<string, unknown>;
  return forVersion(own, ocpp);
}

/**
 * A step's own value with its variables; the steps within are filled in when they run.
 * @throws AppError `definition.invalid` for a variable that is not there
 */
export function filledValue(step: Step, ocpp: string, vars: Vars): unknown {
  const value = ownValue(step, ocpp);
  return Array.isArray(value) && step.blocks.length > 0 ? value : fill(value, vars);
}

/** A step as written, its variables filled in as far as they are there. */
export function filledText(step: Step, vars: Vars): string {
  try {
    return fill({ text: step.text.replaceAll("$$", "$$$$") }, vars).text;
  } catch {
    return step.text;
  }
}
