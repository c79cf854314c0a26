import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { AppError, errorText } from "../util/errors.ts";
import { fileBeside } from "./files.ts";

/** A CSV file is larger than this: it is no table of cases. */
const MAX_ROWS = 10_000;

/** The names in the head. @throws AppError a name that stands there twice */
function once(head: string[]): string[] {
  const twice = head.find((name, i) => head.indexOf(name) !== i);
  if (twice === undefined) return head;
  throw new AppError("definition.invalid", `its head has the column "${twice}" twice`);
}

/** A CSV file with a head; values are texts. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** The line that each row ends at. */
  readonly lines: readonly number[];
}

/**
 * Reads a table. `shown`: as the file in `folder` names it.
 * @throws AppError `definition.invalid`
 */
export function readTable(shown: string, folder: string): Table {
  const path = fileBeside(shown, folder);
  try {
    const read = parse(readFileSync(path, "utf8"), {
      bom: true,
      columns: once,
      skip_empty_lines: true,
      trim: true,
      comment: "#",
      to: MAX_ROWS + 1,
      info: true,
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
    const [first] = read;
    if (first === undefined) throw new AppError("definition.invalid", "it has no rows below its head");
    if (read.length > MAX_ROWS)
      throw new AppError("definition.invalid", `it has more than ${MAX_ROWS} rows; divide it`);
    return {
      columns: Object.keys(first.record),
      rows: read.map(({ record }) => record),
      lines: read.map(({ info }) => info.lines),
    };
  } catch (e) {
    throw new AppError("definition.invalid", `${shown} cannot be used: ${errorText(e)}`, {
      hint: "Give a CSV file whose first line names the columns; it is looked for beside the scenario.",
      cause: e,
    });
  }
}
