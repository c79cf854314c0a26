import { show } from "./match.ts";
import type { Step } from "./step.ts";

const TITLE_MAX = 100;

/** A step in one line, its variables filled in. */
export function titleOf(step: Step, filled: () => unknown): string {
  let value = step.value;
  try {
    value = filled();
  } catch {
    // Told when it runs.
  }
  const shown = value === null || value === undefined ? "" : ` ${inOneLine(value)}`;
  const title = `${step.kind}${shown}`;
  return title.length > TITLE_MAX ? `${title.slice(0, TITLE_MAX - 1)}…` : title;
}

/** A value in one line, as YAML would write it; the steps within it are left out. */
export function inOneLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return show(value).replace(/\s+/g, " ");
  const { steps: _, ...rest } = value as Record<string, unknown>;
  const parts = Object.entries(rest).map(([key, item]) =>
    Array.isArray(value) ? inOneLine(item) : `${key}: ${inOneLine(item)}`,
  );
  return Array.isArray(value) ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}
