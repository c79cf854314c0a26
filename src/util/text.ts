/** The parts that are there, with a blank between. */
export const some = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join(" ");

/** A text of at most so many characters, for text without colours. */
export const cut = (text: string, max: number): string =>
  text.length > max ? `${text.slice(0, max - 1)}…` : text;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour
const PARTS = /\x1b\[[0-9;]*m|\P{M}\p{M}*/gu;
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const RESET = "\x1b[0m";

/** Columns that a text takes on a terminal; colours take none. */
export function width(text: string): number {
  let columns = 0;
  for (const [part] of text.matchAll(PARTS)) columns += widthOf(part);
  return columns;
}

const widthOf = (part: string): number => (part.startsWith("\x1b") ? 0 : WIDE.test(part) ? 2 : 1);

/**
 * The text as rows of at most so many columns, broken at blanks; rows after the first begin with `indent` blanks. A
 * word that is longer than a row stays whole. Colours go on over the end of a row.
 */
export function wrap(text: string, columns: number, indent: number): string[] {
  const rows: string[] = [];
  const lead = " ".repeat(Math.min(indent, Math.floor(columns / 2)));
  let row = "";
  for (const word of text.split(/(?<=\S)(?= )/)) {
    if (row !== "" && width(row) + width(word) > columns) {
      rows.push(row);
      row = lead + word.trimStart();
    } else row += word;
  }
  return [...rows, row];
}

/** The text clipped to so many columns, with `…` at the end and its colours closed. */
export function clip(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let out = "";
  let used = 0;
  for (const [part] of text.matchAll(PARTS)) {
    if (used + widthOf(part) > columns - 1) break;
    used += widthOf(part);
    out += part;
  }
  return `${out}…${out.includes("\x1b") ? RESET : ""}`;
}

/** Text from outside, fit for a terminal: characters that do not show cannot move its cursor. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "?");
}
