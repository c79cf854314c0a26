import type { Member, Section } from "../scenario/section.ts";
import { some, wrap } from "../util/text.ts";

const COLUMNS = 100;
/** Of a name with its value. */
const MAX_LEFT = 36;

/** A section of the reference, for a terminal. Examples stay as they are, ready to be copied. */
export function sectionLines(section: Section, columns = COLUMNS): string[] {
  const { describe, notes, members, examples, files } = section;
  const parts = [
    ...[describe, ...notes].map((text) => wrap(text, columns, 0)),
    memberLines(members, columns),
    ...examples.map(indented),
    ...Object.entries(files).map(([file, text]) => [
      `${file}, beside the scenario:`,
      ...indented(text.trimEnd()),
    ]),
  ];
  return parts.filter((lines) => lines.length > 0).flatMap((lines, i) => (i === 0 ? lines : ["", ...lines]));
}

const indented = (text: string): string[] => text.split("\n").map((line) => `  ${line}`);

function memberLines(members: readonly Member[], columns: number): string[] {
  const rows = members.map(rowOf);
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  const margin = " ".repeat(width + 4);
  return rows.flatMap(([left, right]) => {
    const [first = "", ...more] = wrap(right, columns - margin.length, 0);
    return [`  ${left.padEnd(width)}  ${first}`.trimEnd(), ...more.map((line) => margin + line)];
  });
}

/** A name with its value, and what it means; a value that is long stands behind that. */
function rowOf({ name, value, meaning, required }: Member): [left: string, right: string] {
  const left = value === "" ? name : `${name}: ${value}`;
  const needed = required ? "Needed." : "";
  if (left.length <= MAX_LEFT) return [left, some(meaning, needed)];
  return [name, some(meaning, needed, value === "" ? "" : `One of: ${value}.`)];
}
