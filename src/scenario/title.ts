import { cut } from "../util/text.ts";
import { show } from "./match.ts";
import type { Step, StepKind } from "./step.ts";

const TITLE_MAX = 100;

/** A step in one line, its variables filled in; what is wrong with it is told when it runs. */
export function titleOf(
  step: Step,
  filled: () => unknown,
  kind: Pick<StepKind, "title"> | undefined,
  directory: string,
): string {
  const value = unless(filled, step.value);
  const shown = value === null || value === undefined ? "" : ` ${inOneLine(value)}`;
  const written = `${step.kind}${shown}`;
  return cut(unless(() => kind?.title?.(value, directory), undefined) ?? written, TITLE_MAX);
}

function unless<T>(make: () => T, otherwise: T): T {
  try {
    return make();
  } catch {
    return otherwise;
  }
}

/** "once", "3 times". */
export const times = (n: number): string => (n === 1 ? "once" : `${n} times`);

/** A value in one line, as YAML would write it; the steps within it are left out. */
export function inOneLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return show(value).replace(/\s+/g, " ");
  const { steps: _, ...rest } = value as Record<string, unknown>;
  const parts = Object.entries(rest).map(([key, item]) =>
    Array.isArray(value) ? inOneLine(item) : `${key}: ${inOneLine(item)}`,
  );
  return Array.isArray(value) ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}
