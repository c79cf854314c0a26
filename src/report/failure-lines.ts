import { logLines } from "../journal/lines/log-lines.ts";
import type { JournalEntry } from "../journal/types.ts";
import type { Came, CameFact, Failure } from "../scenario/types.ts";
import type { Colors } from "../util/colors.ts";
import { clean, width, wrap } from "../util/text.ts";
import { sinceText } from "./durations.ts";
import { placeText } from "./record.ts";

/** For texts that are not shown on a terminal. */
const asIs = (text: string | number): string => String(text);
export const noColors: Colors = {
  bold: asIs,
  dim: asIs,
  red: asIs,
  green: asIs,
  yellow: asIs,
  blue: asIs,
  magenta: asIs,
  cyan: asIs,
};

export interface Shown {
  readonly colors: Colors;
  readonly columns: number;
  /** When the scenario began on its own clock: facts tell their time from there. */
  readonly since: number | undefined;
}

/** Why a step did not pass, as lines, and the last facts before it. */
export const failureLines = (failure: Failure, shown: Shown): string[] => [
  ...reasonLines(failure, shown),
  ...section("before it", factLines(failure.lastFacts, shown), shown.colors),
];

/** What was wrong, the step as written, what was expected, and what came nearest. */
export function reasonLines(failure: Failure, shown: Shown): string[] {
  const c = shown.colors;
  const { message, around = [], hint, expected, came, nearest, differences = [] } = failure;
  // Too many: the nearest is one of those that came.
  const isListed = came !== undefined && differences.length === 0;
  const rows = (text: string, paint: (t: string) => string) => paragraph(text, shown.columns).map(paint);
  const differing = differences.flatMap((d) => differenceLines(d, shown));
  return [
    c.dim(clean(placeText(failure.at))),
    ...rows(message, c.red),
    ...around.flatMap(({ text }) => rows(text, c.red)),
    ...(hint === undefined ? [] : rows(hint, c.yellow)),
    ...section("the step", stepLines(failure, c), c),
    ...section("expected", expected === undefined ? [] : rows(indented(expected), c.green), c),
    ...(came === undefined ? [] : section(`came (${came.total})`, cameLines(came, shown), c)),
    ...(nearest === undefined
      ? differing
      : section("nearest", [...(isListed ? [] : factLines([nearest], shown)), ...differing], c)),
  ];
}

const section = (title: string, lines: readonly string[], c: Colors): string[] =>
  lines.length === 0 ? [] : ["", c.bold(title), ...lines];

/** Text of several lines, each cleaned and broken at so many columns. */
function paragraph(text: string, columns: number): string[] {
  return text.split("\n").flatMap((line) => {
    const lead = /^ */.exec(line)?.[0].length ?? 0;
    return wrap(clean(line.trimEnd()), columns, lead + 2);
  });
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");

/** Each with what tells it from the others. */
export function cameLines({ first, leftOut, last }: Came, shown: Shown): string[] {
  const { colors: c, columns } = shown;
  const lines = ({ fact, distinct }: CameFact) => [
    ...factLines([fact], shown),
    ...(distinct === undefined ? [] : wrap(`      ${clean(distinct)}`, columns, 6).map(c.dim)),
  ];
  const between = leftOut === 0 ? [] : [c.dim(`  … ${leftOut} between them are left out`)];
  return [...first.flatMap(lines), ...between, ...last.flatMap(lines)];
}

function stepLines({ step, at }: Failure, c: Colors): string[] {
  const lines = step.trimEnd().split("\n");
  const digits = String(at.line + lines.length - 1).length;
  return lines.map((line, i) => `  ${c.dim(`${String(at.line + i).padStart(digits)} │`)} ${clean(line)}`);
}

type Difference = NonNullable<Failure["differences"]>[number];

/** "idTagInfo.status: wanted Accepted, found Invalid". */
export const differenceText = ({ path, wanted, found }: Difference): string =>
  `${path}: wanted ${wanted}, found ${found}`;

function differenceLines({ path, wanted, found }: Difference, { colors: c, columns }: Shown): string[] {
  const [at, want, got] = [path, wanted, found].map(clean) as [string, string, string];
  const line = `    ${differenceText({ path: at, wanted: c.green(want), found: c.red(got) })}`;
  if (width(line) <= columns) return [line];
  return [
    `    ${at}:`,
    ...wrap(`      wanted ${want}`, columns, 8).map(c.green),
    ...wrap(`      found  ${got}`, columns, 8).map(c.red),
  ];
}

/** Facts as lines, one for a CALL and its answer, with the time since the scenario began. */
export function factLines(facts: readonly JournalEntry[], { colors, columns, since }: Shown): string[] {
  return logLines(facts, colors, (time) => sinceText(time, since)).flatMap((line) =>
    wrap(`  ${line}`, columns, 6),
  );
}
