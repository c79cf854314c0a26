import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { delimiterOf } from "../util/delimiter.ts";
import { AppError, errorText, isAppError } from "../util/errors.ts";
import { fileBeside } from "./files.ts";

/** A CSV file is larger than this: it is no table of cases. */
const MAX_ROWS = 10_000;

/** The names in the head. @throws AppError a name that stands there twice */
function once(head: string[]): string[] {
  const twice = head.find((name, i) => head.indexOf(name) !== i);
  if (twice === undefined) return head;
  throw wrong(`its head has the column "${twice}" twice`, "Give each column a name of its own.");
}

/** A CSV file with a head; values are texts. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** The line that each row ends at. */
  readonly lines: readonly number[];
}

/**
 * Reads a table, separated by comma, semicolon or tab. `shown`: as the file in `folder` names it.
 * @throws AppError `definition.invalid`
 */
export function readTable(shown: string, folder: string): Table {
  const path = fileBeside(shown, folder);
  try {
    const text = readFileSync(path, "utf8");
    const read = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      columns: once,
      skip_empty_lines: true,
      trim: true,
      comment: "#",
      to: MAX_ROWS + 1,
      info: true,
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
    const [first] = read;
    if (first === undefined) throw wrong("it has no rows below its head", "Write at least one.");
    if (read.length > MAX_ROWS) throw wrong(`it has more than ${MAX_ROWS} rows`, "Divide it.");
    return {
      columns: Object.keys(first.record),
      rows: read.map(({ record }) => record),
      lines: read.map(({ info }) => info.lines),
    };
  } catch (e) {
    const { message, hint = BESIDE } = isAppError(e) ? e : ofParser(e);
    throw new AppError("definition.invalid", `${shown} cannot be used: ${message}`, { hint, cause: e });
  }
}

const BESIDE = "Give a CSV file whose first line names the columns; it is looked for beside the scenario.";

const wrong = (message: string, hint?: string): AppError =>
  new AppError("definition.invalid", message, hint === undefined ? {} : { hint });

/** What the parser throws of a text. */
interface CsvError {
  readonly code?: string;
  readonly lines: number;
  readonly record?: readonly unknown[];
  readonly columns?: readonly unknown[];
}

/** What the parser, or the file system, says of a file. */
function ofParser(e: unknown): AppError {
  const { code = "", lines, record, columns } = e as CsvError;
  const n = (items: readonly unknown[] | undefined, what: string) =>
    `${items?.length} ${what}${items?.length === 1 ? "" : "s"}`;
  if (code === "CSV_RECORD_INCONSISTENT_COLUMNS")
    return wrong(
      `line ${lines} has ${n(record, "cell")}, and its head names ${n(columns, "column")}`,
      "Give each line a cell for each column, if need be an empty one; a comma within a cell needs quotes around it.",
    );
  if (code.startsWith("CSV_") && code.includes("QUOTE"))
    return wrong(
      `a quote in line ${lines} is not closed, or does not end its cell`,
      'Put quotes around the whole cell, and two for each within: "so ""it"" is".',
    );
  return wrong(code === "EISDIR" ? "it is a folder" : errorText(e));
}
