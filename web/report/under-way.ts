import type { PageStep, ScenarioPart } from "../../src/report/page-data.ts";

/** The steps that were under way at some moment. */
export interface UnderWay {
  /** The innermost, as indexes of the steps: several where `parallel` does them side by side, none outside of all. */
  readonly steps: readonly number[];
  /** The innermost around all of these: of what happened no more is known than that it happened within. -1 outside. */
  readonly around: number;
}

/** What was under way when each fact happened, and right after each step began. */
export interface AllUnderWay {
  readonly facts: readonly UnderWay[];
  readonly steps: readonly UnderWay[];
}

/** Goes once through everything that happened, in its order. */
export function underWay({ steps, order }: Pick<ScenarioPart, "steps" | "order">): AllUnderWay {
  const changes = steps
    .flatMap((step, i) => [
      { at: step.began, step: i, begins: true },
      ...(step.ended === undefined ? [] : [{ at: step.ended, step: i, begins: false }]),
    ])
    .sort((a, b) => a.at - b.at);
  const found: { facts: UnderWay[]; steps: UnderWay[] } = { facts: [], steps: [] };
  const open = new Set<number>();
  let now: UnderWay = { steps: [], around: -1 };
  let next = 0;
  const goTo = (at: number): void => {
    for (let change = changes[next]; change !== undefined && change.at <= at; change = changes[++next]) {
      if (change.begins) open.add(change.step);
      else open.delete(change.step);
      now = innermost([...open], steps);
      if (change.begins) found.steps[change.step] = now;
    }
  };
  for (const at of order) {
    goTo(at);
    found.facts.push(now);
  }
  goTo(Number.POSITIVE_INFINITY);
  return found;
}

function innermost(open: readonly number[], all: readonly PageStep[]): UnderWay {
  const pathOf = (index: number) => all[index]?.path ?? "";
  const leaves = open.filter((index) => !open.some((other) => isWithin(pathOf(other), pathOf(index))));
  const around = open
    .filter((index) => leaves.every((leaf) => leaf === index || isWithin(pathOf(leaf), pathOf(index))))
    .sort((a, b) => pathOf(b).length - pathOf(a).length)[0];
  return { steps: leaves, around: around ?? -1 };
}

/** Is the first path that of a step within the second? "steps.4#2.1" and "steps.4.2" are within "steps.4". */
export const isWithin = (path: string, outer: string): boolean =>
  path.startsWith(`${outer}.`) || path.startsWith(`${outer}#`);

/** "steps.4#2.1" runs within "steps.4", "steps.4.2" too. */
export function outerPath(path: string): string | undefined {
  const cutAt = path.lastIndexOf(".");
  const outer = path.slice(0, cutAt).replace(/#\d+$/, "");
  return outer.includes(".") ? outer : undefined;
}

/** What a step runs within, from the outside in, with the round or branch: ["parallel 2", "include"]. */
export function crumbsOf(step: PageStep, all: readonly PageStep[]): string[] {
  const crumbs: string[] = [];
  let { path } = step;
  for (let outer = outerPath(path); outer !== undefined; path = outer, outer = outerPath(path)) {
    const kind = all.find((other) => other.path === outer)?.kind ?? "";
    const number = /^#(\d+)/.exec(path.slice(outer.length))?.[1];
    crumbs.unshift(number === undefined ? kind : `${kind} ${number}`);
  }
  return crumbs;
}
