import type { Step } from "./step.ts";
import { fill, forVersion, type Vars } from "./template.ts";

/**
 * A step's value with its variables; the steps within are filled in when they run.
 * @throws AppError `definition.invalid` for a variable that is not there
 */
export function filledValue(step: Step, ocpp: string, vars: Vars): unknown {
  const value = forVersion(step.value, ocpp);
  if (step.blocks.length === 0) return fill(value, vars);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { steps, ...own } = value as Record<string, unknown>;
  return { ...fill(own, vars), ...(steps === undefined ? {} : { steps }) };
}

/** A step as written, its variables filled in as far as they are there. */
export function filledText(step: Step, vars: Vars): string {
  try {
    return fill({ text: step.text.replaceAll("$$", "$$$$") }, vars).text;
  } catch {
    return step.text;
  }
}
