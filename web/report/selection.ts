import type { PageStep, Part } from "./data.ts";
import { isWithin } from "./under-way.ts";

/** What is looked at on a scenario's page, as indexes of its part. A fact brings its step along. */
export interface Selection {
  readonly fact?: number;
  readonly step?: number;
  /** The keyboard's focus goes to its row. */
  readonly goes?: boolean;
}

/** The first step behind another that did not pass by itself: not one that only holds it. */
export function failing({ steps }: Pick<Part, "steps">, behind = -1): Selection {
  const failed = ({ outcome }: PageStep) => outcome === "failed" || outcome === "error";
  const step = steps.findIndex(
    (one, i) =>
      i > behind && failed(one) && !steps.some((other) => failed(other) && isWithin(other.path, one.path)),
  );
  return step < 0 ? {} : { step };
}

/** A fact, with the step that was under way. */
export function selectionOf({ underWay, facts }: Part, fact: number | undefined): Selection | undefined {
  if (fact === undefined || facts[fact] === undefined) return undefined;
  const step = underWay.facts[fact]?.around ?? -1;
  return { fact, ...(step < 0 ? {} : { step }) };
}

/** Did it happen during the step? Perhaps: also during others, side by side. */
export function isDuring(
  { steps, underWay }: Pick<Part, "steps" | "underWay">,
  fact: number,
  step: number,
): "surely" | "perhaps" | "no" {
  const under = underWay.facts[fact];
  const path = steps[step]?.path;
  if (under === undefined || path === undefined || under.around < 0) return "no";
  const is = (other: number) => other === step || isWithin(steps[other]?.path ?? "", path);
  if (is(under.around)) return "surely";
  return under.steps.some(is) ? "perhaps" : "no";
}
