import type { Part } from "./data.ts";
import type { Happening } from "./happenings.ts";
import { isWithin, type UnderWay } from "./under-way.ts";

/** A row of what happened. `key` names it for good, whatever is filtered. */
export type LogRow =
  | {
      readonly kind: "head";
      readonly key: string;
      readonly under: UnderWay;
      /** Not for the first time: something else came between. */
      readonly again: boolean;
      readonly text?: string;
    }
  | { readonly kind: "fact"; readonly key: string; readonly happening: Happening }
  | { readonly kind: "leftOut"; readonly key: string; readonly count: number };

type Head = Extract<LogRow, { kind: "head" }>;

/**
 * What is shown, under heads that tell which steps were under way. With `allSteps` also those steps during which nothing
 * happened: that an expectation waited for nothing is what one looks for.
 */
export function rowsOf(part: Part, shown: readonly Happening[], allSteps: boolean): LogRow[] {
  const rows = new Rows(part);
  const begins = allSteps ? part.steps.map((_, step) => step) : [];
  let next = 0;
  const beginUntil = (order: number): void => {
    for (let step = begins[next]; step !== undefined; step = begins[++next]) {
      if ((part.steps[step]?.began ?? 0) > order) return;
      rows.begin(step);
    }
  };
  for (const happening of shown) {
    beginUntil(part.order[happening.index] ?? 0);
    rows.fact(happening);
  }
  beginUntil(Number.POSITIVE_INFINITY);
  rows.leftOut(Number.POSITIVE_INFINITY);
  return rows.all;
}

class Rows {
  readonly all: LogRow[] = [];
  readonly #part: Part;
  readonly #headed = new Set<string>();
  #head: UnderWay | undefined;
  #isLeftOutTold: boolean;

  constructor(part: Part) {
    this.#part = part;
    this.#isLeftOutTold = part.leftOut === undefined;
  }

  begin(step: number): void {
    const under = this.#part.underWay.steps[step];
    if (under === undefined) return;
    this.#pushHead(under, `begins ${step}`);
  }

  fact(happening: Happening): void {
    const { index } = happening;
    const under = this.#part.underWay.facts[index] ?? { steps: [], around: -1 };
    if (this.#head === undefined || nameOf(this.#head) !== nameOf(under)) {
      this.#pushHead(under, `head ${index}`, textOutside(this.#part, index));
    }
    this.leftOut(index);
    this.all.push({ kind: "fact", key: `fact ${index}`, happening });
  }

  /** Says before the first fact after them that some are not there. */
  leftOut(index: number): void {
    const { leftOut } = this.#part;
    if (this.#isLeftOutTold || leftOut === undefined || index < leftOut.before) return;
    this.#isLeftOutTold = true;
    this.all.push({ kind: "leftOut", key: "left out", count: leftOut.count });
  }

  #pushHead(under: UnderWay, key: string, text?: string): void {
    const last = this.all.at(-1);
    // A step that does nothing itself is named by the ones within it.
    if (last?.kind === "head" && this.#holds(last, under)) this.all.pop();
    const name = nameOf(under);
    const again = this.#headed.has(name);
    this.#headed.add(name);
    this.#head = under;
    this.all.push({
      kind: "head",
      key,
      under,
      again,
      ...(under.steps.length > 0 || text === undefined ? {} : { text }),
    });
  }

  #holds(head: Head, under: UnderWay): boolean {
    const pathOf = (step: number) => this.#part.steps[step]?.path ?? "";
    return head.under.steps.every((before) =>
      under.steps.some((step) => step === before || isWithin(pathOf(step), pathOf(before))),
    );
  }
}

const nameOf = ({ steps }: UnderWay): string => steps.join(" ");

function textOutside({ steps, order }: Part, index: number): string {
  const at = order[index] ?? 0;
  if (at < (steps[0]?.began ?? Number.POSITIVE_INFINITY)) return "before the first step";
  return steps.every(({ ended }) => ended !== undefined && ended < at)
    ? "after the last step"
    : "between steps";
}
