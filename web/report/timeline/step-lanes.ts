import type { PageStep } from "../data.ts";
import { outerPath } from "../under-way.ts";
import type { Lane, Span } from "./lanes.ts";

/** Steps that follow one another: of a part of the scenario, of a round, of a branch. */
interface Group {
  readonly path: string;
  readonly outer: string | undefined;
  readonly spans: Span[];
}

const tones = { passed: "good", failed: "bad", error: "bad", skipped: "off" } as const;

/** Outermost steps on the first lane; what is within them below, where it covers nothing that runs side by side. */
export function stepLanes(steps: readonly PageStep[]): Lane[] {
  const groups = new Map<string, Group>();
  for (const [i, step] of steps.entries()) {
    const path = listOf(step.path);
    const outer = outerPath(step.path);
    const group = groups.get(path) ?? { path, outer: outer && listOf(outer), spans: [] };
    group.spans.push(spanOf(step, i));
    groups.set(path, group);
  }
  const rows: Group[][] = [];
  const rowOf = new Map<string, number>();
  // A list of steps is there before what its steps hold, since steps stand in the order in which they began.
  for (const group of groups.values()) {
    let row = group.outer === undefined ? 0 : (rowOf.get(group.outer) ?? 0) + 1;
    if (row > 0) while (rows[row]?.some((other) => overlap(group, other))) row++;
    rowOf.set(group.path, row);
    rows[row] = [...(rows[row] ?? []), group];
  }
  return rows.map((row, i) => ({
    id: `steps ${i}`,
    name: i === 0 ? "Steps" : i === 1 ? "within" : "",
    spoken: i === 0 ? "step" : "step within",
    items: [],
    spans: row.flatMap(({ spans }) => spans).sort((a, b) => a.from - b.from),
  }));
}

const listOf = (path: string): string => path.slice(0, path.lastIndexOf("."));

const spanOf = (step: PageStep, i: number): Span => ({
  from: step.began,
  ...(step.ended === undefined ? {} : { to: step.ended }),
  label: step.title,
  tone: step.outcome === undefined ? "busy" : tones[step.outcome],
  step: i,
});

function overlap(a: Group, b: Group): boolean {
  const from = ({ spans }: Group) => spans[0]?.from ?? 0;
  const to = ({ spans }: Group) => spans.at(-1)?.to ?? Number.POSITIVE_INFINITY;
  return from(a) < to(b) && from(b) < to(a);
}
