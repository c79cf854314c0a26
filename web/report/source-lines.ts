import type { PageOutcome } from "../../src/report/page-data.ts";
import type { PageStep, ScenarioPart } from "./data.ts";
import { outerPath } from "./under-way.ts";

/** A line of the scenario's text with what ran there. */
export interface SourceLine {
  readonly number: number;
  readonly text: string;
  /** Steps that begin here: several rounds of a repetition, or none. */
  readonly begins: readonly number[];
  readonly outcome?: PageOutcome | "running";
  /** The innermost step that this line is part of. */
  readonly step?: number;
}

const worst = ["error", "failed", "running", "passed", "skipped"] as const;

/** The document, line by line. Steps of included files stand at the line of their `include`. */
export function sourceLines(
  { source, steps }: Pick<ScenarioPart, "source" | "steps">,
  at: { readonly file: string; readonly line: number },
): SourceLine[] {
  const own = steps.map((step, index) => ({ step, index })).filter(({ step }) => step.file === at.file);
  return source
    .replace(/\n$/, "")
    .split("\n")
    .map((text, i) => {
      const number = at.line + i;
      const begins = own.filter(({ step }) => step.line === number);
      const outcomes = new Set(begins.map(({ step }) => step.outcome ?? "running"));
      const outcome = worst.find((o) => outcomes.has(o));
      const around = innermost(own.filter(({ step }) => step.line <= number && number <= step.endLine));
      return {
        number,
        text: text.replace(/\r$/, ""),
        begins: begins.map(({ index }) => index),
        ...(outcome === undefined ? {} : { outcome }),
        ...(around === undefined ? {} : { step: around }),
      };
    });
}

/** Of steps around a line the one whose text is shortest; the first round of a repetition. */
function innermost(
  around: readonly { readonly step: PageStep; readonly index: number }[],
): number | undefined {
  const length = ({ step }: { step: PageStep }) => step.endLine - step.line;
  return [...around].sort((a, b) => length(a) - length(b) || a.index - b.index)[0]?.index;
}

/** The lines to be marked for a step: its own, or those of the step in this file that it runs within. */
export function linesOfStep(
  steps: readonly PageStep[],
  index: number,
  file: string,
): { readonly from: number; readonly to: number } | undefined {
  let step = steps[index];
  while (step !== undefined && step.file !== file) {
    const outer = outerPath(step.path);
    step = outer === undefined ? undefined : steps.find((s) => s.path === outer);
  }
  return step === undefined ? undefined : { from: step.line, to: step.endLine };
}
